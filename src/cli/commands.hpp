#pragma once

#include "cli/options.hpp"
#include "cli/workspace.hpp"

namespace fgsync::cli {

// One function a command. Each prints its results on standard output, everything else on standard error, and answers
// the exit code.

int run_plan(const Options& options);
int run_sync(const Options& options);
int run_validate(const Options& options);
int run_package(const Options& options);
int run_history(const Options& options);
int run_hold(const Options& options);
int run_release(const Options& options);
int run_rollback(const Options& options);
int run_forget(const Options& options);
int run_schema(const Options& options);

/// Prints an error as the command's last words.
void print_error(const Error& error);

/// Whether to colour what goes to this file descriptor.
bool uses_color(const Options& options, int descriptor);

}  // namespace fgsync::cli
