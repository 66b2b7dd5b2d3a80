#pragma once

#include "emulator/database.hpp"

namespace fgsync::emulator {

/// One transaction for the writes of several requests, so that they share one wait for the disk. Each request has a
/// part, which is undone alone.
class Batch {
 public:
  explicit Batch(Database& database) : database_(database) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch();

  /// What one request writes; undone unless kept. It opens the batch if need be.
  class Part {
   public:
    explicit Part(Batch& batch);
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part();

    void keep();

   private:
    Database& database_;
    bool is_kept_ = false;
  };

  [[nodiscard]] bool is_open() const { return is_open_; }
  /// Makes durable what was kept. Throws StorageFailure when that cannot be done; then all of it is undone.
  void commit();

 private:
  Database& database_;
  bool is_open_ = false;
};

}  // namespace fgsync::emulator
