#include "functiongraph/calls.hpp"

namespace fgsync::functiongraph {
namespace {

using enum http::Method;

std::string_view name_of(SnapshotAction action) {
  return action == SnapshotAction::enable ? "enable" : "disable";
}

/// What a synchronous and an asynchronous invocation have in common. Error `invalid` when the event is no JSON.
Result<Call> invocation_call(std::string path, const Invocation& invocation, const std::string& what) {
  auto event = write_event(invocation);
  if (!event) return fail(with_context(std::move(event).error(), what));
  Call call(post, std::move(path), what);
  call = std::move(call).with_body(std::move(*event));
  if (invocation.instance_memory) {
    call = std::move(call).with_header("X-Cff-Instance-Memory", std::to_string(*invocation.instance_memory));
  }
  return call;
}

class HttpInvocations final : public Invocations {
 public:
  explicit HttpInvocations(ProjectPorts ports) : calls_(std::move(ports)) {}

  Answer<InvocationResult> invoke(QualifiedUrn urn, Invocation invocation, Deadline deadline) override {
    const std::string what = "invoke";
    auto call = invocation_call(calls_.function_path(urn.text(), "/invocations"), invocation, what);
    if (!call) co_return fail(std::move(call).error());
    // v1: the answer is JSON, with the function's own status in it.
    *call = std::move(*call).with_header("X-CFF-Request-Version", "v1");
    if (invocation.wants_log_tail) *call = std::move(*call).with_header("X-Cff-Log-Type", "tail");
    auto response = co_await calls_.submit(std::move(*call), deadline);
    if (!response) co_return fail(std::move(response).error());
    auto result = Calls::understood(what, Effect::mutation, *response, read_invocation(response->body));
    if (result && result->request_id.empty()) result->request_id = request_id_of(*response);
    co_return result;
  }

  Answer<std::string> invoke_async(QualifiedUrn urn, Invocation invocation, Deadline deadline) override {
    auto call =
        invocation_call(calls_.function_path(urn.text(), "/invocations-async"), invocation, "invoke asynchronously");
    if (!call) co_return fail(std::move(call).error());
    *call = std::move(*call).answered_by(202);
    co_return co_await calls_.mutate(std::move(*call), deadline, read_request_id);
  }

  Answer<SnapshotState> show_snapshot(QualifiedUrn urn, SnapshotAction action, Deadline deadline) override {
    return calls_.read(Call(get, snapshot_path(urn, action), "show snapshot"), deadline, read_snapshot);
  }

  Answer<void> update_snapshot(QualifiedUrn urn, SnapshotAction action, Deadline deadline) override {
    const std::string what = std::string(name_of(action)) + " snapshot";
    return calls_.mutate(Call(post, snapshot_path(urn, action), what), deadline);
  }

 private:
  [[nodiscard]] std::string snapshot_path(const QualifiedUrn& urn, SnapshotAction action) const {
    return calls_.function_path(urn.text(), "/snapshots/") + std::string(name_of(action));
  }

  Calls calls_;
};

}  // namespace

std::unique_ptr<Invocations> make_http_invocations(ProjectPorts ports) {
  return std::make_unique<HttpInvocations>(std::move(ports));
}

}  // namespace fgsync::functiongraph
