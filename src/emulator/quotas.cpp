#include "emulator/json.hpp"
#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::int64_t kBytesPerMb = std::int64_t{1} << 20U;

std::string render_quota(std::string_view type, std::int64_t quota, std::int64_t used, std::string_view unit = "") {
  JsonMembers out;
  out.number("quota", quota).number("used", used).text("type", type);
  if (!unit.empty()) out.text("unit", unit);
  return out.object();
}

}  // namespace

Outcome list_quotas(const Call& call) {
  const std::string& project = call.route.project;
  const auto reserved = call.store.documents().sum(project, DocumentKind::reserved_instances, "count");
  const auto code_mb = (call.store.code_size(project) + kBytesPerMb - 1) / kBytesPerMb;
  // Numbers that the emulator has no use for are those of the documents' example.
  const std::vector<std::string> resources{
      render_quota("fgs_func_scale_down_timeout", 60, 0),
      render_quota("fgs_func_occurs", call.options.max_reserved_instances, reserved),
      render_quota("fgs_func_pat_idle_time", 100, 0),
      render_quota("fgs_func_num", call.options.max_functions, call.store.count_functions(project)),
      render_quota("fgs_func_code_size", call.options.max_code_mb, code_mb, "MB"),
      render_quota("fgs_workflow_num", 512, 0),
      render_quota("fgs_on_demand_instance_limit", 1000, 0),
      render_quota("fgs_func_qos_limit", 1000, 0),
  };
  const auto quotas = JsonMembers().raw("resources", json_array(resources)).object();
  return Answer{200, JsonMembers().raw("quotas", quotas).object()};
}

std::optional<Fault> check_code_size(const Call& call, const std::string& project, std::int64_t more_bytes) {
  const std::int64_t limit = call.options.max_code_mb * kBytesPerMb;
  if (more_bytes <= 0 || !call.store.has_code_beyond(project, limit - more_bytes)) return std::nullopt;
  return Fault(kTooMuchCode);
}

}  // namespace fgsync::emulator
