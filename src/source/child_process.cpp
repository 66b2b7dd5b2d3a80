// posix_spawn, because a fork of a process with threads may do next to nothing before exec. The end of the child is
// looked for without reaping it: as long as it is a zombie, its number is that of the group and of nobody else, so the
// group can be killed safely. Its pipes may outlive it in the hands of a grandchild; nobody waits for that.
#include "source/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <utility>

#include "source/descriptor.hpp"

namespace fgsync::source {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGrace{1000};  // between SIGTERM and SIGKILL
constexpr milliseconds kSlice{20};    // how often the clock is looked at

std::string reason(int error_number) {
  return std::generic_category().message(error_number);
}

Error cannot_start(const std::string& program, int error_number) {
  return Error(ErrorKind::invalid, program + " cannot be started: " + reason(error_number));
}

bool is_program(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string_view path_variable(const std::vector<std::string>& environment) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string_view variable : environment) {
    if (variable.starts_with(kName)) return variable.substr(kName.size());
  }
  return {};
}

/// Relative folders of PATH are passed over: the child's directory may hold a stranger's files.
Result<std::string> find_program(const ChildCommand& command) {
  if (command.program.starts_with('/')) {
    if (is_program(command.program)) return command.program;
    return fail(ErrorKind::not_found, "there is no program " + command.program);
  }
  std::string_view rest = path_variable(command.environment);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string path = std::string(rest.substr(0, end)) + "/" + command.program;
    if (path.starts_with('/') && is_program(path)) return path;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fail(ErrorKind::not_found, "there is no program " + command.program + " in PATH");
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What the child does before exec: its descriptors and its directory.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  int set(int output, int errors, const std::string& directory) {
    int failed = ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    if (failed == 0) failed = ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (failed == 0) failed = ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
    return failed;
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// A process group of its own, no signal blocked or ignored.
class Attributes {
 public:
  Attributes() { ::posix_spawnattr_init(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }

  int set() {
    sigset_t none{};
    sigset_t all{};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::sigdelset(&all, SIGKILL);
    ::sigdelset(&all, SIGSTOP);
    int failed = ::posix_spawnattr_setpgroup(&attributes_, 0);
    if (failed == 0) failed = ::posix_spawnattr_setsigmask(&attributes_, &none);
    if (failed == 0) failed = ::posix_spawnattr_setsigdefault(&attributes_, &all);
    constexpr int kFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (failed == 0) failed = ::posix_spawnattr_setflags(&attributes_, static_cast<short>(kFlags));
    return failed;
  }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// The reading end of one of the child's streams.
class Stream {
 public:
  Stream(int descriptor, std::size_t max_bytes) : descriptor_(descriptor), max_bytes_(max_bytes) {}

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] bool is_open() const { return descriptor_.get() >= 0; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

  /// Takes what is there now, without waiting.
  void read_available() {
    std::array<char, 65536> buffer{};
    while (is_open()) {
      const ssize_t count = ::read(descriptor_.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        descriptor_.close();
        return;
      }
      keep({buffer.data(), static_cast<std::size_t>(count)});
      if (is_cut_) return;  // somebody may write faster than we read: look at the clock in between
    }
  }

 private:
  void keep(std::string_view part) {
    const std::size_t fits = std::min(part.size(), max_bytes_ - text_.size());
    text_ += part.substr(0, fits);
    is_cut_ = is_cut_ || fits < part.size();
  }

  Descriptor descriptor_;
  std::size_t max_bytes_;
  std::string text_;
  bool is_cut_ = false;
};

/// One child from its start to its end. When this goes away, nothing of the group is left.
class Child {
 public:
  Child(std::string program, const ChildLimits& limits, const Clock& clock)
      : program_(std::move(program)), limits_(limits), clock_(clock) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { reap(); }

  Result<void> start(const ChildCommand& command);
  Result<ChildEnd> finish();

 private:
  [[nodiscard]] Result<void> limit_files() const;
  Result<void> wait_for_end();
  void stop();
  void wait_a_moment();
  [[nodiscard]] bool has_ended() const;
  int reap();

  std::string program_;
  const ChildLimits& limits_;
  const Clock& clock_;
  pid_t id_ = -1;
  std::optional<Stream> output_;
  std::optional<Stream> errors_;
};

Result<void> Child::start(const ChildCommand& command) {
  std::array<int, 2> output{-1, -1};
  std::array<int, 2> errors{-1, -1};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) return fail(cannot_start(program_, errno));
  output_.emplace(output[0], limits_.max_output_bytes);
  const Descriptor output_writer(output[1]);
  if (::pipe2(errors.data(), O_CLOEXEC) != 0) return fail(cannot_start(program_, errno));
  errors_.emplace(errors[0], limits_.max_error_bytes);
  const Descriptor errors_writer(errors[1]);
  // Only our ends: the child must not see a pipe that answers EAGAIN.
  for (const int end : {output[0], errors[0]}) {
    if (::fcntl(end, F_SETFL, O_NONBLOCK) != 0) return fail(cannot_start(program_, errno));
  }

  FileActions actions;
  Attributes attributes;
  int failed = actions.set(output[1], errors[1], command.directory);
  if (failed == 0) failed = attributes.set();
  std::vector<std::string> words{command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> variables = command.environment;
  if (failed == 0) {
    failed = ::posix_spawn(&id_, program_.c_str(), actions.get(), attributes.get(), pointers_to(words).data(),
                           pointers_to(variables).data());
  }
  if (failed == 0) return limit_files();
  id_ = -1;
  return fail(with_context(cannot_start(program_, failed), "in " + command.directory));
}

/// From outside, since posix_spawn has no word for it; the child gets hardly further than exec meanwhile.
Result<void> Child::limit_files() const {
  if (!limits_.max_file_bytes) return {};
  rlimit limit{};
  if (::prlimit(id_, RLIMIT_FSIZE, nullptr, &limit) == 0) {
    limit.rlim_max = std::min<rlim_t>(limit.rlim_max, *limits_.max_file_bytes);
    limit.rlim_cur = limit.rlim_max;
    if (::prlimit(id_, RLIMIT_FSIZE, &limit, nullptr) == 0) return {};
  }
  if (errno == ESRCH) return {};
  return fail(ErrorKind::invalid, "the size of files that " + program_ + " writes cannot be limited: " + reason(errno));
}

bool Child::has_ended() const {
  siginfo_t info{};
  const int answer = ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT);
  return answer != 0 || info.si_pid == id_;
}

/// Until one of the streams has something, but never long: the clock and the child's end are looked at in between.
void Child::wait_a_moment() {
  std::array<pollfd, 2> streams{};
  nfds_t count = 0;
  for (const auto* stream : {&*output_, &*errors_}) {
    if (stream->is_open()) streams.at(count++) = pollfd{stream->descriptor(), POLLIN, 0};
  }
  // Without open streams the child is about to end.
  ::poll(streams.data(), count, count == 0 ? 1 : static_cast<int>(kSlice.count()));
}

Result<void> Child::wait_for_end() {
  while (!has_ended()) {
    if (clock_.now() >= limits_.deadline.at) {
      stop();
      return fail(ErrorKind::timed_out, program_ + " did not end in time and was stopped");
    }
    if (limits_.stop.stop_requested()) {
      stop();
      return fail(ErrorKind::cancelled, program_ + " was stopped");
    }
    wait_a_moment();
    output_->read_available();
    errors_->read_available();
    if (output_->is_cut()) break;
  }
  return {};
}

/// Asks the group to end, so that programs can remove their lock files.
void Child::stop() {
  ::kill(-id_, SIGTERM);
  for (milliseconds waited{0}; waited < kGrace && !has_ended(); waited += kSlice) {
    ::poll(nullptr, 0, static_cast<int>(kSlice.count()));
  }
}

/// Ends what is left of the group and answers the child's status, -1 when there is none.
int Child::reap() {
  if (id_ < 0) return -1;
  ::kill(-id_, SIGKILL);
  int status = -1;
  pid_t answer = ::waitpid(id_, &status, 0);
  while (answer < 0 && errno == EINTR) answer = ::waitpid(id_, &status, 0);
  id_ = -1;
  return answer < 0 ? -1 : status;
}

Result<ChildEnd> Child::finish() {
  auto waited = wait_for_end();
  const int status = reap();
  if (!waited) return fail(std::move(waited).error());
  output_->read_available();
  errors_->read_available();
  if (output_->is_cut()) {
    return fail(ErrorKind::invalid,
                program_ + " wrote more than " + std::to_string(limits_.max_output_bytes) + " bytes and was stopped");
  }
  if (status == -1) return fail(ErrorKind::internal, "how " + program_ + " ended cannot be read");
  ChildEnd end;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  end.output = output_->take();
  end.errors = errors_->take();
  return end;
}

}  // namespace

Result<ChildEnd> run_child(const ChildCommand& command, const ChildLimits& limits, const Clock& clock) {
  auto program = find_program(command);
  if (!program) return fail(std::move(program).error());
  Child child(*std::move(program), limits, clock);
  auto started = child.start(command);
  if (!started) return fail(std::move(started).error());
  return child.finish();
}

}  // namespace fgsync::source
