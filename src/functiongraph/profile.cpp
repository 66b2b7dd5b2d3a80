// The file is read as Python's configparser reads it for the SDK: a section once, a key once in a section, names of
// keys in any case, `=` or `:` between key and value, no quotes and no comments behind a value.
#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <utility>

#include "base/printable.hpp"
#include "functiongraph/authentication.hpp"
#include "functiongraph/credential_file.hpp"

namespace fgsync::functiongraph {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kMaxShown = 100;

using Section = std::map<std::string, Secret>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string lower(std::string_view text) {
  std::string lower_case(text);
  for (char& c : lower_case) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower_case;
}

/// Reads line by line into sections. Messages hold names of sections and of keys that it knows, nothing else of the
/// file: what stands in a wrong place may be a secret.
class ProfileReader {
 public:
  explicit ProfileReader(std::string path) : path_(std::move(path)) {}

  Result<std::map<std::string, Section>> read(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    while (!text.empty()) {
      ++line_;
      const auto end = std::min(text.find('\n'), text.size());
      auto taken = take(trimmed(text.substr(0, end)));
      if (!taken) return fail(std::move(taken).error());
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(sections_);
  }

 private:
  Result<void> take(std::string_view line) {
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) return {};
    return line.starts_with('[') ? take_section(line) : take_value(line);
  }

  Result<void> take_section(std::string_view line) {
    if (!line.ends_with(']')) return refuse("a section must end with ] and have nothing behind it");
    const std::string name(trimmed(line.substr(1, line.size() - 2)));
    const auto [section, is_new] = sections_.try_emplace(name);
    if (!is_new) return refuse("the section [" + printable(name, kMaxShown) + "] is there twice");
    section_ = &section->second;
    return {};
  }

  Result<void> take_value(std::string_view line) {
    const auto separator = line.find_first_of("=:");
    if (separator == std::string_view::npos) return refuse("expected [section], key = value or a comment");
    if (section_ == nullptr) return refuse("the first key must stand below a [section]");
    const std::string key = lower(trimmed(line.substr(0, separator)));
    if (key.empty()) return refuse("there is no key before the separator");
    const bool is_new = section_->emplace(key, std::string(trimmed(line.substr(separator + 1)))).second;
    return is_new ? Result<void>() : refuse("a key is there twice in its section");
  }

  [[nodiscard]] tl::unexpected<Error> refuse(const std::string& why) const {
    Error error(ErrorKind::invalid, why);
    error.position = SourcePosition{path_, line_, 1};
    return fail(std::move(error));
  }

  std::string path_;
  int line_ = 0;
  std::map<std::string, Section> sections_;
  Section* section_ = nullptr;
};

/// What a section leaves out comes from [DEFAULT].
Section with_defaults(const std::map<std::string, Section>& sections, const std::string& name) {
  Section section = sections.at(name);
  if (const auto defaults = sections.find("DEFAULT"); defaults != sections.end())
    section.insert(defaults->second.begin(), defaults->second.end());
  return section;
}

Secret value_of(const Section& section, const char* key) {
  const auto found = section.find(key);
  return found != section.end() ? found->second : Secret();
}

/// The section asked for, or the first of the usual ones.
Result<std::string> section_name(const std::map<std::string, Section>& sections, const ProfileFile& file) {
  if (!file.section.empty()) {
    if (sections.contains(file.section)) return file.section;
    return fail(ErrorKind::invalid, "the profile file " + file.path + " has no section [" + file.section + "]");
  }
  for (const char* usual : {"basic", "global"}) {
    if (sections.contains(usual)) return std::string(usual);
  }
  return fail(ErrorKind::invalid, "the profile file " + file.path + " has neither a section [basic] nor [global]");
}

class Profile final : public CredentialSource {
 public:
  Profile(ProfileFile file, WorkerPool& pool) : file_(std::move(file)), pool_(pool) {}

  awaitable<Result<Credential>> fetch(Deadline /*deadline*/) override {
    auto read = [file = file_]() -> Result<Credential> {
      const auto text = read_credential_file(file.path);
      if (!text) return fail(text.error());
      auto values = read_profile(text->reveal(), file);
      if (!values) return fail(std::move(values).error());
      return SigningKey{std::move(values->key), std::nullopt};
    };
    co_return co_await offload(pool_, std::move(read));
  }
  [[nodiscard]] bool is_renewable() const override { return true; }
  [[nodiscard]] std::string description() const override {
    const std::string section = file_.section.empty() ? "" : "[" + file_.section + "] of ";
    return section + "the profile file " + file_.path;
  }

 private:
  ProfileFile file_;
  WorkerPool& pool_;
};

}  // namespace

Result<ProfileValues> read_profile(const std::string& text, const ProfileFile& file) {
  const auto sections = ProfileReader(file.path).read(text);
  if (!sections) return fail(sections.error());
  const auto name = section_name(*sections, file);
  if (!name) return fail(name.error());
  const Section section = with_defaults(*sections, *name);
  ProfileValues values;
  values.key = {value_of(section, "ak").reveal(), value_of(section, "sk"), value_of(section, "security_token")};
  values.project_id = value_of(section, "project_id").reveal();
  auto checked = check_access_key(values.key, "[" + *name + "] in the profile file " + file.path);
  if (!checked) return fail(std::move(checked).error());
  return values;
}

std::unique_ptr<CredentialSource> make_profile(ProfileFile file, WorkerPool& pool) {
  return std::make_unique<Profile>(std::move(file), pool);
}

}  // namespace fgsync::functiongraph
