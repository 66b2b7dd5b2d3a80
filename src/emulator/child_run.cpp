// The three pipes are served in turns, and between turns the clock, the child's end and its memory are looked at. A
// child that floods us gets no longer a turn than one that is silent.
#include "emulator/child_run.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string_view>
#include <utility>

namespace fgsync::emulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSlice{10};         // how often memory and the clock are looked at
constexpr milliseconds kGraceToExit{300};  // for a child that has closed its answer and not ended yet
constexpr std::size_t kBytesPerTurn = std::size_t{1} << 20U;
constexpr std::string_view kInitialized = "initialized\n";
constexpr std::size_t kMaxHeaderBytes = 64;

/// Takes what is there, at most a turn's worth; closes the pipe at its end.
std::string read_turn(Descriptor& pipe) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (pipe.is_open() && text.size() < kBytesPerTurn) {
    const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) {
      pipe.close();
    } else {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  return text;
}

/// The end of a stream, cut now and then rather than with every byte.
class Tail {
 public:
  explicit Tail(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void add(std::string_view text) {
    text_ += text;
    if (text_.size() > 2 * max_bytes_) cut();
  }
  [[nodiscard]] std::string take() {
    cut();
    return std::move(text_);
  }

 private:
  void cut() {
    if (text_.size() > max_bytes_) text_.erase(0, text_.size() - max_bytes_);
  }

  std::size_t max_bytes_;
  std::string text_;
};

/// What the bootstrap has answered so far: `initialized`, then a code, a length and as many bytes.
class AnswerText {
 public:
  void add(std::string_view text) { text_ += text; }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] bool is_initialized() const { return text_.starts_with(kInitialized); }

  struct Whole {
    int code;
    std::string result;
  };
  [[nodiscard]] std::optional<Whole> whole() const {
    std::string_view rest = text_;
    if (is_initialized()) rest.remove_prefix(kInitialized.size());
    const auto end = rest.substr(0, kMaxHeaderBytes).find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    int code = 0;
    std::size_t length = 0;
    const char* last = rest.data() + end;
    const auto [space, bad_code] = std::from_chars(rest.data(), last, code);
    if (bad_code != std::errc() || space == last || *space != ' ') return std::nullopt;
    const auto [stopped, bad_length] = std::from_chars(space + 1, last, length);
    rest.remove_prefix(end + 1);
    if (bad_length != std::errc() || stopped != last || rest.size() < length) return std::nullopt;
    return Whole{code, std::string(rest.substr(0, length))};
  }

 private:
  std::string text_;
};

class Run {
 public:
  Run(const ChildPlan& plan, SpawnedChild child, const Clock& clock, const std::atomic<bool>& cancelled)
      : plan_(plan),
        child_(std::move(child)),
        clock_(clock),
        cancelled_(cancelled),
        log_(plan.log_bytes),
        deadline_(clock.now() + plan.start_timeout) {}

  ChildReport finish();

 private:
  void turn();
  void feed();
  void look_at_answer();
  [[nodiscard]] bool is_over();
  void wait_a_moment() const;
  void await_exit();

  const ChildPlan& plan_;
  SpawnedChild child_;
  const Clock& clock_;
  const std::atomic<bool>& cancelled_;
  std::size_t fed_ = 0;
  Tail log_;
  AnswerText answer_;
  steady_clock::time_point deadline_;
  std::optional<steady_clock::time_point> initialized_;
  std::optional<steady_clock::time_point> measured_;
  std::optional<AnswerText::Whole> whole_;
  ChildReport report_;
};

void Run::feed() {
  while (child_.job.is_open() && fed_ < plan_.job.size()) {
    const ssize_t count = ::write(child_.job.get(), plan_.job.data() + fed_, plan_.job.size() - fed_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) break;  // it does not read any more
    fed_ += static_cast<std::size_t>(count);
  }
  child_.job.close();
}

void Run::look_at_answer() {
  const auto more = read_turn(child_.answer);
  if (more.empty()) return;
  answer_.add(more);
  if (!initialized_ && answer_.is_initialized()) {
    initialized_ = clock_.now();
    deadline_ = *initialized_ + plan_.timeout;
  }
  whole_ = answer_.whole();
}

void Run::turn() {
  feed();
  look_at_answer();
  log_.add(read_turn(child_.log));
}

/// Also notes why, when it is for a limit.
bool Run::is_over() {
  if (whole_ || !child_.answer.is_open()) return true;
  if (cancelled_) {
    report_.stop = ChildStop::cancelled;
    return true;
  }
  if (answer_.size() > plan_.max_result_bytes + kInitialized.size() + kMaxHeaderBytes) {
    report_.stop = ChildStop::result_size;
    return true;
  }
  const auto now = clock_.now();
  if (now >= deadline_) {
    report_.stop = initialized_ ? ChildStop::timeout : ChildStop::start_timeout;
    return true;
  }
  if (!measured_ || now - *measured_ >= kSlice) {
    measured_ = now;
    report_.memory_bytes = std::max(report_.memory_bytes, child_.memory_bytes());
  }
  if (report_.memory_bytes > plan_.memory_bytes) {
    report_.stop = ChildStop::memory;
    return true;
  }
  return child_.has_ended();
}

void Run::wait_a_moment() const {
  std::array<pollfd, 3> pipes{pollfd{child_.answer.get(), POLLIN, 0}, pollfd{child_.log.get(), POLLIN, 0},
                              pollfd{child_.job.get(), POLLOUT, 0}};  // a closed one is -1, which poll passes over
  ::poll(pipes.data(), pipes.size(), static_cast<int>(kSlice.count()));
}

/// How it ends tells why there is no answer.
void Run::await_exit() {
  const auto until = clock_.now() + kGraceToExit;
  while (!child_.has_ended() && clock_.now() < until) {
    log_.add(read_turn(child_.log));
    ::poll(nullptr, 0, 1);
  }
}

ChildReport Run::finish() {
  turn();
  while (!is_over()) {
    wait_a_moment();
    turn();
  }
  const auto ended = clock_.now();
  if (!whole_ && report_.stop == ChildStop::none) await_exit();
  const int status = child_.end();
  turn();  // what it said last
  if (whole_) {
    const bool is_too_large = whole_->result.size() > plan_.max_result_bytes;
    if (is_too_large) report_.stop = ChildStop::result_size;
    if (!is_too_large) report_.code = whole_->code;
    report_.result = std::move(whole_->result);
  }
  if (WIFSIGNALED(status)) report_.signal = WTERMSIG(status);
  if (WIFEXITED(status)) report_.exit_code = WEXITSTATUS(status);
  if (initialized_) report_.duration = std::chrono::duration_cast<std::chrono::microseconds>(ended - *initialized_);
  report_.log = log_.take();
  return std::move(report_);
}

}  // namespace

Result<ChildReport> run_child(const ChildPlan& plan, const Clock& clock, const std::atomic<bool>& cancelled) {
  auto child = SpawnedChild::start(plan.command);
  if (!child) return fail(std::move(child).error());
  child->limit(plan.limits);
  return Run(plan, std::move(*child), clock, cancelled).finish();
}

}  // namespace fgsync::emulator
