// posix_spawn, because a fork of a process with threads may do next to nothing before exec. It cannot set limits, so
// they are set from here, before the child learns what it is to run. The end of a child is looked for without reaping
// it: as long as it is a zombie, its number is that of the group and of nobody else, so the group can be killed safely.
#include "emulator/spawned_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

namespace fgsync::emulator {
namespace {

constexpr int kAnswer = 3;              // the child's number for it
constexpr int kFirstOwn = 10;           // ours are above those that the child's are moved to
constexpr rlim_t kMaxOpenFiles = 1024;  // documented for instances, as is the next
constexpr rlim_t kMaxProcesses = 1024;
constexpr int kMaxDepth = 20;  // of descendants whose memory is counted

Error cannot_start(const std::string& program, int error_number) {
  return Error(ErrorKind::transient, program + " cannot be started: " + std::generic_category().message(error_number));
}

/// One way from us to the child or back.
struct Pipe {
  Descriptor reader;
  Descriptor writer;

  bool open() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    const Descriptor low_reader(ends[0]);
    const Descriptor low_writer(ends[1]);
    reader = Descriptor(::fcntl(ends[0], F_DUPFD_CLOEXEC, kFirstOwn));
    writer = Descriptor(::fcntl(ends[1], F_DUPFD_CLOEXEC, kFirstOwn));
    return reader.is_open() && writer.is_open();
  }
};

/// Only of our ends: the child must not see a pipe that answers EAGAIN.
bool unblock(const Descriptor& end) {
  return ::fcntl(end.get(), F_SETFL, O_NONBLOCK) == 0;
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

  int set(int job, int log, int answer, const std::string& directory) {
    int failed = ::posix_spawn_file_actions_adddup2(&actions_, job, STDIN_FILENO);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, log, STDOUT_FILENO);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, log, STDERR_FILENO);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, answer, kAnswer);
    if (failed == 0) failed = ::posix_spawn_file_actions_addclosefrom_np(&actions_, kAnswer + 1);
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

/// All threads of the machine: the kernel's limit counts those of the user, wherever they run.
rlim_t running_now() {
  std::ifstream file("/proc/loadavg");
  std::string word;
  for (int i = 0; i < 4; ++i) file >> word;
  const auto slash = word.find('/');
  if (!file || slash == std::string::npos) return 0;
  return static_cast<rlim_t>(std::strtoull(word.c_str() + slash + 1, nullptr, 10));
}

std::uint64_t resident_bytes(pid_t id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return file ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t resident_bytes_of_tree(pid_t id, int depth) {
  std::uint64_t total = resident_bytes(id);
  if (depth >= kMaxDepth) return total;
  std::error_code ignored;
  const std::filesystem::path tasks = "/proc/" + std::to_string(id) + "/task";
  for (auto task = std::filesystem::directory_iterator(tasks, ignored); task != std::filesystem::directory_iterator();
       task.increment(ignored)) {
    if (ignored) break;
    std::ifstream children(task->path() / "children");
    for (pid_t child = 0; children >> child;) total += resident_bytes_of_tree(child, depth + 1);
  }
  return total;
}

}  // namespace

SpawnedChild::SpawnedChild(SpawnedChild&& other) noexcept
    : job(std::move(other.job)),
      log(std::move(other.log)),
      answer(std::move(other.answer)),
      id_(std::exchange(other.id_, -1)) {}

Result<SpawnedChild> SpawnedChild::start(const ChildCommand& command) {
  Pipe job;
  Pipe log;
  Pipe answer;
  if (!job.open() || !log.open() || !answer.open()) return fail(cannot_start(command.program, errno));
  if (!unblock(job.writer) || !unblock(log.reader) || !unblock(answer.reader)) {
    return fail(cannot_start(command.program, errno));
  }
  FileActions actions;
  Attributes attributes;
  int failed = actions.set(job.reader.get(), log.writer.get(), answer.writer.get(), command.directory);
  if (failed == 0) failed = attributes.set();
  std::vector<std::string> words{command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> variables = command.environment;
  pid_t id = -1;
  if (failed == 0) {
    failed = ::posix_spawn(&id, command.program.c_str(), actions.get(), attributes.get(), pointers_to(words).data(),
                           pointers_to(variables).data());
  }
  if (failed != 0) return fail(cannot_start(command.program, failed));
  SpawnedChild child(id);
  child.job = std::move(job.writer);
  child.log = std::move(log.reader);
  child.answer = std::move(answer.reader);
  return child;
}

void SpawnedChild::limit(const ChildLimits& limits) const {
  const auto set = [this](__rlimit_resource resource, rlim_t value) {
    const rlimit both{value, value};
    ::prlimit(id_, resource, &both, nullptr);
  };
  set(RLIMIT_DATA, limits.data_bytes);
  set(RLIMIT_CPU, limits.cpu_seconds);
  set(RLIMIT_FSIZE, limits.file_bytes);
  set(RLIMIT_NOFILE, kMaxOpenFiles);
  set(RLIMIT_NPROC, running_now() + kMaxProcesses);
  set(RLIMIT_CORE, 0);
}

bool SpawnedChild::has_ended() const {
  siginfo_t info{};
  const int answered = ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT);
  return answered != 0 || info.si_pid == id_;
}

std::uint64_t SpawnedChild::memory_bytes() const {
  return resident_bytes_of_tree(id_, 0);
}

int SpawnedChild::end() {
  if (id_ < 0) return -1;
  ::kill(-id_, SIGKILL);
  int status = -1;
  pid_t answered = ::waitpid(id_, &status, 0);
  while (answered < 0 && errno == EINTR) answered = ::waitpid(id_, &status, 0);
  id_ = -1;
  return answered < 0 ? -1 : status;
}

namespace {

/// When a process began, in the clock ticks of /proc; nothing when it is gone.
std::optional<std::uint64_t> start_of(const std::filesystem::path& process) {
  std::ifstream file(process / "stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The second field is a name in parentheses, which may hold anything; the start is the 22nd.
  std::istringstream rest(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string field;
  for (int number = 3; number < 22; ++number) rest >> field;
  std::uint64_t ticks = 0;
  if (!(rest >> ticks)) return std::nullopt;
  return ticks;
}

enum class Kinship { stranger, stray, unknown };

/// A program that is just being started has no environment for a moment, and whoever started it is told before that:
/// an empty one says nothing. Kernel threads and zombies have no program either.
Kinship kinship_of(const std::filesystem::path& process, const std::string& marker) {
  std::ifstream file(process / "environ", std::ios::binary);
  const std::string environment((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (environment.find(marker) != std::string::npos) return Kinship::stray;
  if (!environment.empty()) return Kinship::stranger;
  std::error_code none;
  return std::filesystem::read_symlink(process / "exe", none).empty() ? Kinship::stranger : Kinship::unknown;
}

struct Search {
  int killed = 0;
  int unknown = 0;
};

Search end_strays_once(const std::string& marker, std::uint64_t since) {
  Search search;
  std::error_code failed;
  for (auto entry = std::filesystem::directory_iterator("/proc", failed);
       !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    const auto id = static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10));
    if (id <= 1 || id == ::getpid()) continue;
    const auto kinship = kinship_of(entry->path(), marker);
    if (kinship == Kinship::unknown && start_of(entry->path()) >= since) ++search.unknown;
    if (kinship == Kinship::stray && ::kill(id, SIGKILL) == 0) ++search.killed;
  }
  return search;
}

}  // namespace

std::uint64_t process_ticks_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * a_second +
         static_cast<std::uint64_t>(now.tv_nsec) * a_second / 1'000'000'000;
}

void end_strays(const std::string& marker, std::uint64_t since) {
  // One may start another while we look, and one that is just starting is looked at again: for 200 ms at the most,
  // which only a machine that is very busy, or a stranger without any environment, takes.
  constexpr int kMaxLooks = 100;
  constexpr int kPauseMs = 2;
  for (int looks = 0; looks < kMaxLooks; ++looks) {
    const auto search = end_strays_once(marker, since);
    if (search.killed == 0 && search.unknown == 0) return;
    ::poll(nullptr, 0, kPauseMs);
  }
}

}  // namespace fgsync::emulator
