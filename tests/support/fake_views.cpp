#include "tests/support/fake_views.hpp"

#include "tests/support/fake_rules.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

/// In the order of the list.
std::vector<DependencyReference> references(const FakeService& service, const std::vector<std::string>& ids) {
  std::vector<DependencyReference> rows;
  for (const auto& id : ids) {
    for (const DependencyVersion& known : service.dependencies) {
      if (known.id != id) continue;
      rows.push_back(DependencyReference{known.id, known.name, known.runtime, known.owner, known.link, known.etag,
                                         known.description, known.file_name, known.size, known.version, known.dep_id,
                                         known.last_modified});
    }
  }
  return rows;
}

FunctionFacts facts_of(const FakeFunction& function, const FakeVersion& version) {
  FunctionFacts facts;
  facts.cpu = version.config.memory_size * 100 / 128 + 200;
  facts.code_type = version.code.type;
  facts.code_url = version.code.url;
  facts.code_filename = version.code.filename;
  facts.type = function.type;
  return facts;
}

FunctionRow row_of(const FakeFunction& function, const FakeVersion& version) {
  return FunctionRow{function.urn,
                     std::string(function.urn.name()),
                     std::string(function.urn.app()),
                     version.code.digest(),
                     static_cast<std::int64_t>(version.code.bytes.size()),
                     version.config.description,
                     version.image_name,
                     version.last_modified,
                     facts_of(function, version)};
}

}  // namespace

FunctionRow row_of(const FakeFunction& function) {
  return row_of(function, function.latest);
}

FunctionDetail detail_of(const FakeService& service, const FakeFunction& function, const FakeVersion& version) {
  FunctionDetail detail{row_of(function, version), as_answered(version.config)};
  FunctionFacts& facts = *detail.row.facts;
  facts.code_encrypt_kms_key_id = function.code_encrypt_kms_key_id;
  facts.depend_version_list = version.depend_version_list;
  facts.dependencies = references(service, version.depend_version_list);
  return detail;
}

CodeDetail code_of(const FakeService& service, const FakeFunction& function, const FakeVersion& version) {
  const FakeCode& code = version.code;
  return CodeDetail{function.urn,
                    code.digest(),
                    static_cast<std::int64_t>(code.bytes.size()),
                    code.type,
                    code.filename,
                    code.url,
                    "",
                    version.last_modified,
                    version.depend_version_list,
                    references(service, version.depend_version_list)};
}

Version version_of(const FakeFunction& function, const FakeVersion& version) {
  return Version{version.name,        version.code.digest(), as_listed(version.config),
                 version.description, version.last_modified, facts_of(function, version)};
}

}  // namespace fgsync::test
