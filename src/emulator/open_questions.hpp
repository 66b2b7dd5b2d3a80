#pragma once

#include <chrono>

namespace fgsync::emulator {

// What the documents leave open (docs/emulator.md says what is known of each). The first enumerator is the default.

/// Whether the `digest` of a publish request is compared with that of latest's code.
enum class PublishDigest { ignored, compared };

/// What must have changed since the newest version for another one to be published (else FSS.1016).
enum class PublishNeeds { any_change, code_change };

/// Which refusal comes first when both apply: FSS.1062 for a taken name, or FSS.1016 for want of a change.
enum class PublishOrder { name_first, change_first };

/// What the answer of publish describes: the new version, or latest, as the examples do.
enum class PublishAnswer { version, latest };

/// Whether the list of versions takes `marker` and `maxitems`.
enum class VersionPaging { offset, ignored };

/// What becomes of the fields that a configuration update leaves out: their default, or what they were.
enum class ConfigUpdate { replaces, merges };

/// Whether the configuration of a published version can be updated.
enum class VersionConfiguration { fixed, editable };

/// Whether `func_urn` in answers ends with the version.
enum class UrnForm { suffixed, plain };

/// A choice for each of them.
struct OpenQuestions {
  PublishDigest publish_digest = PublishDigest::ignored;
  PublishNeeds publish_needs = PublishNeeds::any_change;
  PublishOrder publish_order = PublishOrder::name_first;
  PublishAnswer publish_answer = PublishAnswer::version;
  VersionPaging version_paging = VersionPaging::offset;
  ConfigUpdate config_update = ConfigUpdate::replaces;
  VersionConfiguration version_configuration = VersionConfiguration::fixed;
  UrnForm urn_form = UrnForm::suffixed;
  /// For how long an import keeps its project from another one, and an export from another one; 0: not at all.
  std::chrono::seconds transfer_time{0};
  /// Of the times in answers and generated names.
  std::chrono::hours utc_offset{8};
};

}  // namespace fgsync::emulator
