#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

/// An advised command as it works here: behind `fgsync COMMAND` come the flags that this run was given for place and
/// target, as a shell takes them. What is no command of fgsync stays as it is.
std::string advised(const std::string& command, const Options& options);

/// The same for all that a plan or a report advises.
void advise(plan::Plan& plan, const Options& options);
void advise(reconcile::Report& report, const Options& options);

}  // namespace fgsync::cli
