#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/worker_pool.hpp"
#include "cli/options.hpp"
#include "plan/model.hpp"

namespace fgsync::cli {

/// Whether to go on with something that cannot be undone. Asks who sits at a terminal (standard input and output), on
/// standard error; elsewhere, and with --yes, the answer is yes: the flags have decided.
boost::asio::awaitable<bool> ask(const Options& options, WorkerPool& pool, std::string what);

/// Whether somebody sits at a terminal: standard input and output.
bool has_person();

/// Asks that person, who has been told on standard error what is at stake.
boost::asio::awaitable<bool> ask_person(WorkerPool& pool);

/// The same before a plan is applied; only where it deletes functions, for good or to make them anew.
boost::asio::awaitable<bool> ask_before_deletes(const Options& options, WorkerPool& pool, const plan::Plan& plan);

}  // namespace fgsync::cli
