#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/workspace.hpp"

namespace fgsync::cli {

// One function a command. Each prints its results on standard output, everything else on standard error, and answers
// the exit code.

int run_plan(const Options& options);
int run_sync(const Options& options);
int run_daemon(const Options& options);
int run_reconcile(const Options& options);
int run_approve(const Options& options);
int run_events(const Options& options);
int run_pause(const Options& options);
int run_unpause(const Options& options);
int run_validate(const Options& options);
int run_package(const Options& options);
int run_history(const Options& options);
int run_hold(const Options& options);
int run_release(const Options& options);
int run_rollback(const Options& options);
int run_suspend(const Options& options);
int run_resume(const Options& options);
int run_adopt(const Options& options);
int run_forget(const Options& options);
int run_schema(const Options& options);
int run_status(const Options& options);
int run_delete(const Options& options);
int run_doctor(const Options& options);
int run_completion(const Options& options);
int run_version(const Options& options);

/// What the scripts of `completion` ask: after the word `functions`, the words of a command line that is being typed.
/// Prints names, one a line, if they can be had at once; nothing else is ever printed.
int complete_names(std::vector<std::string> words);

/// Prints an error as the command's last words.
void print_error(const Error& error);

}  // namespace fgsync::cli
