#pragma once

#include <functional>
#include <vector>

#include "manifest/function_reader.hpp"

namespace fgsync::manifest {

/// Called with a mistake and the file it stands in.
using ReportAt = std::function<void(const SourcePosition& position, yaml::Finding finding)>;

/// What only shows when all functions are known: duplicate names, unknown dependencies and cycles. Functions that are
/// part of a mistake become invalid; that another one has errors of its own is no mistake of those that need it.
void check_across(std::vector<ReadFunction>& functions, const ReportAt& report);

}  // namespace fgsync::manifest
