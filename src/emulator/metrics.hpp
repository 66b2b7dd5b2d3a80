#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/store.hpp"

namespace fgsync::emulator {

/// What the emulator has done, for Prometheus.
class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  /// `operation` and `fault` are names that never go away; empty: of no operation, no fault. Status 0: no answer.
  void count(std::string_view operation, int status, std::string_view fault, std::chrono::nanoseconds took);
  /// In Prometheus' text format.
  [[nodiscard]] std::string render(const Store::Counts& counts);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace fgsync::emulator
