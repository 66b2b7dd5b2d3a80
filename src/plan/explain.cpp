#include "plan/explain.hpp"

#include "plan/side_settings.hpp"

namespace fgsync::plan {

Explanation explain(const manifest::Function& function, const package::Contents& contents,
                    const std::optional<LastApplied>& last_applied) {
  Explanation explanation;
  explanation.fingerprint = fingerprint_of(contents.digest, function);
  explanation.inputs.emplace_back("content", "sha256:" + contents.digest.hex);
  for (auto& [key, value] : fingerprint_fields(function)) explanation.inputs.emplace_back(key, value);
  if (!last_applied) return explanation;

  auto fields = comparable_fields(desired_config(function, std::nullopt), function);
  fields.merge(wanted_side_fields(function));
  // What stands for a secret there is nobody's to see, and says nothing.
  auto before = last_applied->config;
  std::erase_if(before, [](const auto& field) { return field.first.starts_with("encrypted_user_data."); });
  explanation.last_applied = Explanation::Comparison{
      .fingerprint = last_applied->fingerprint,
      .is_same_content = last_applied->content_digest == contents.digest,
      .files = package::compare(last_applied->files, contents.files),
      .fields = field_changes(before, fields),
  };
  return explanation;
}

}  // namespace fgsync::plan
