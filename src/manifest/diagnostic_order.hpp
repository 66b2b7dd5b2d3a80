#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "manifest/diagnostic.hpp"

namespace fgsync::manifest {

/// Orders diagnostics by `key_of(diagnostic)`; equal ones keep their order. (std::stable_sort of this standard library
/// calls a function that clang reports as deprecated.)
template <class KeyOf>
void order_by(Diagnostics& diagnostics, KeyOf key_of) {
  using Key = decltype(key_of(std::declval<const Diagnostic&>()));
  std::vector<std::pair<Key, std::size_t>> order;
  order.reserve(diagnostics.size());
  for (std::size_t i = 0; i < diagnostics.size(); ++i) order.emplace_back(key_of(diagnostics[i]), i);
  std::sort(order.begin(), order.end());

  Diagnostics ordered;
  ordered.reserve(diagnostics.size());
  for (const auto& [key, index] : order) ordered.push_back(std::move(diagnostics[index]));
  diagnostics = std::move(ordered);
}

}  // namespace fgsync::manifest
