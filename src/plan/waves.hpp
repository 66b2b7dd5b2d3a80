#pragma once

#include <map>
#include <string>
#include <vector>

#include "manifest/function.hpp"

namespace fgsync::plan {

/// The wave of every function: 0 without dependencies, else one more than its highest dependency. Names that are not
/// among `functions` count as wave 0. The functions must be free of cycles (the manifest loader refuses them).
std::map<std::string, int> waves_of(const std::vector<manifest::Function>& functions);

}  // namespace fgsync::plan
