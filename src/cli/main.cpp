#include "cli/main.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <string_view>

#include "cli/characters.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/screen.hpp"

namespace fgsync::cli {
namespace {

int dispatch(const Options& options) {
  switch (options.command) {
    case Command::plan: return run_plan(options);
    case Command::sync: return run_sync(options);
    case Command::daemon: return run_daemon(options);
    case Command::reconcile: return run_reconcile(options);
    case Command::approve: return run_approve(options);
    case Command::events: return run_events(options);
    case Command::pause: return run_pause(options);
    case Command::unpause: return run_unpause(options);
    case Command::validate: return run_validate(options);
    case Command::package: return run_package(options);
    case Command::history: return run_history(options);
    case Command::hold: return run_hold(options);
    case Command::release: return run_release(options);
    case Command::rollback: return run_rollback(options);
    case Command::suspend: return run_suspend(options);
    case Command::resume: return run_resume(options);
    case Command::adopt: return run_adopt(options);
    case Command::forget: return run_forget(options);
    case Command::schema: return run_schema(options);
    case Command::completion: return run_completion(options);
    case Command::status: return run_status(options);
    case Command::delete_functions: return run_delete(options);
    case Command::doctor: return run_doctor(options);
    case Command::version: return run_version(options);
  }
  return kUsage;
}

bool was_output_lost() {
  std::cout.flush();
  return std::cout.fail();
}

/// Somebody who closed the pipe (`| head`) has seen enough; anything else is a result that never arrived.
int output_lost(int exit_code) {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  const bool reader_has_gone = ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
  if (reader_has_gone) return exit_code;
  std::cerr << "fgsync: the results could not be written to standard output (full disk, or closed?)\n";
  return kFailed;
}

/// One heap for the few threads, and large buffers given back as soon as they are free. What each function's package
/// needs while it is read and compressed is below that: giving it back each time costs more than it saves.
void keep_memory_small() {
#ifdef __GLIBC__
  constexpr int kLargeBytes = 1024 * 1024;
  // NOLINTBEGIN(concurrency-mt-unsafe): there is one thread yet
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, kLargeBytes);
  // NOLINTEND(concurrency-mt-unsafe)
#endif
}

/// Somebody may start us with 0, 1 or 2 closed. The next file or socket that is opened would get that number, and what
/// is printed would be written into it.
void keep_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // Nothing can be written to standard output, as if it were still closed: results that are lost are said to be.
    ::open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

void print_error(const Error& error) {
  std::cerr << "fgsync: " << shown_lines(error.describe(), screen_of(STDERR_FILENO).charset) << "\n";
}

int run(int argc, char** argv) {
  keep_standard_descriptors();
  keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): the signal exists
  try {
    if (argc > 1 && std::string_view(argv[1]) == "__complete") return complete_names({argv + 2, argv + argc});
    const auto parsed = parse_command_line(argc, argv);
    const int* const answered = std::get_if<int>(&parsed);
    const int exit_code = answered != nullptr ? *answered : dispatch(std::get<Options>(parsed));
    return was_output_lost() ? output_lost(exit_code) : exit_code;
  } catch (const std::exception& error) {
    std::cerr << "fgsync: internal error: " << error.what() << "; please report this\n";
    return kFailed;
  }
}

}  // namespace fgsync::cli
