#include "plan/explain.hpp"

namespace fgsync::plan {

Explanation explain(const manifest::Function& function, const package::Contents& contents,
                    const std::optional<LastApplied>& last_applied) {
  const functiongraph::FunctionConfig config = desired_config(function, std::nullopt);
  Explanation explanation;
  explanation.fingerprint = fingerprint_of(contents.digest, function);
  explanation.inputs.emplace_back("content", "sha256:" + contents.digest.hex);
  for (auto& [key, value] : frozen_fields(config)) explanation.inputs.emplace_back(key, value);
  if (!last_applied) return explanation;

  explanation.last_applied = Explanation::Comparison{
      .fingerprint = last_applied->fingerprint,
      .is_same_content = last_applied->content_digest == contents.digest,
      .files = package::compare(last_applied->files, contents.files),
      .fields = field_changes(last_applied->config, comparable_fields(config)),
  };
  return explanation;
}

}  // namespace fgsync::plan
