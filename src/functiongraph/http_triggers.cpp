#include "functiongraph/calls.hpp"

namespace fgsync::functiongraph {
namespace {

using enum http::Method;

class HttpTriggers final : public Triggers {
 public:
  explicit HttpTriggers(ProjectPorts ports) : calls_(std::move(ports)) {}

  Answer<std::vector<Trigger>> list_triggers(QualifiedUrn urn, Deadline deadline) override {
    return calls_.read(Call(get, path_of(urn), "list triggers"), deadline, read_triggers);
  }

  Answer<Trigger> show_trigger(TriggerId trigger, Deadline deadline) override {
    return calls_.read(Call(get, path_of(trigger), "show trigger " + trigger.id()), deadline, read_trigger);
  }

  Answer<Trigger> create_trigger(QualifiedUrn urn, TriggerRequest request, Deadline deadline) override {
    const std::string what = "create " + request.type_code + " trigger";
    auto body = write_trigger(request);
    if (!body) co_return fail(with_context(std::move(body).error(), what));
    Call call(post, path_of(urn), what);
    call = std::move(call).with_body(std::move(*body)).answered_by(201);
    co_return co_await calls_.mutate(std::move(call), deadline, read_trigger);
  }

  Answer<Trigger> update_trigger(TriggerId trigger, TriggerUpdate update, Deadline deadline) override {
    const std::string what = "update trigger " + trigger.id();
    auto body = write_trigger_update(update);
    if (!body) co_return fail(with_context(std::move(body).error(), what));
    Call call(put, path_of(trigger), what);
    call = std::move(call).with_body(std::move(*body));
    co_return co_await calls_.mutate(std::move(call), deadline, read_trigger);
  }

  Answer<void> delete_trigger(TriggerId trigger, Deadline deadline) override {
    return calls_.mutate(Call(del, path_of(trigger), "delete trigger " + trigger.id()).answered_by(204), deadline);
  }

 private:
  [[nodiscard]] std::string path_of(const QualifiedUrn& urn) const {
    return calls_.path("/fgs/triggers/" + urn.text());
  }
  [[nodiscard]] std::string path_of(const TriggerId& trigger) const {
    return path_of(trigger.urn()) + '/' + trigger.type_code() + '/' + trigger.id();
  }

  Calls calls_;
};

}  // namespace

Result<TriggerId> TriggerId::of(const QualifiedUrn& urn, std::string_view type_code, std::string_view id) {
  if (!is_path_segment(type_code)) return fail(ErrorKind::invalid, "not the type of a trigger");
  if (!is_path_segment(id)) return fail(ErrorKind::invalid, "not the id of a trigger");
  return TriggerId(urn, std::string(type_code), std::string(id));
}

std::unique_ptr<Triggers> make_http_triggers(ProjectPorts ports) {
  return std::make_unique<HttpTriggers>(std::move(ports));
}

}  // namespace fgsync::functiongraph
