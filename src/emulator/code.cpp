// Digest and size are always taken from the bytes as they were received: the archive itself for zip and jar, the plain
// text for inline source. The documented examples confirm it.
#include "emulator/code.hpp"

#include "base/digest.hpp"
#include "emulator/base64_decode.hpp"
#include "emulator/zip_reader.hpp"

namespace fgsync::emulator {
namespace {

bool looks_like_zip(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04");
}

bool is_archive_type(std::string_view type) {
  return type == "zip" || type == "jar";
}

std::string default_filename(std::string_view type, std::string_view runtime) {
  if (type == "zip") return "index.zip";
  if (type == "jar") return "index.jar";
  if (runtime.starts_with("Python")) return "index.py";
  if (runtime.starts_with("Node.js")) return "index.js";
  if (runtime.starts_with("PHP")) return "index.php";
  return "index";
}

Valid<std::string> read_code_type(const JsonObject& body, CodeType rule) {
  auto type = body.text("code_type");
  if (!type) return refuse(type.error());
  if (!*type && rule == CodeType::required) return refuse(kInvalidCodeType, "code_type: required");
  const std::string chosen = type->value_or("inline");
  if (chosen == "obs") return refuse(kInvalidUrl, "code_url: the emulator cannot read from OBS");
  if (chosen == "Custom-Image-Swr") return refuse(kInvalidCodeType, "code_type: the emulator cannot pull images");
  if (chosen != "inline" && !is_archive_type(chosen)) return refuse(kInvalidCodeType);
  return chosen;
}

/// The decoded `func_code.file`.
Valid<std::string> read_bytes(const JsonObject& body) {
  auto func_code = body.object("func_code");
  if (!func_code) return refuse(func_code.error());
  if (!*func_code) return refuse(kNoCode);
  auto file = (*func_code)->text("file");
  if (!file) return refuse(file.error());
  auto link = (*func_code)->text("link");
  if (!link) return refuse(link.error());
  if (!*file && *link && !(*link)->empty()) {
    return refuse(kInvalidUrl, "func_code.link: the emulator cannot read from OBS");
  }
  return base64_decode(file->value_or(""));
}

}  // namespace

Valid<ReceivedCode> read_code(const JsonObject& body, CodeType code_type, const std::string& runtime,
                              const SizeLimits& limits) {
  auto type = read_code_type(body, code_type);
  if (!type) return refuse(type.error());
  auto filename = body.text("code_filename");
  if (!filename) return refuse(filename.error());
  auto bytes = read_bytes(body);
  if (!bytes) return refuse(bytes.error());
  std::string chosen = filename->value_or("");
  if (chosen.empty()) chosen = default_filename(*type, runtime);
  return accept_code(std::move(*type), std::move(chosen), std::move(*bytes), limits);
}

Valid<ReceivedCode> accept_code(std::string type, std::string filename, std::string bytes, const SizeLimits& limits) {
  if (bytes.size() > bytes_of_mb(limits.package_mb)) {
    return refuse(over_limit(kCodeTooLarge, limits.package_mb, SizeLimits().package_mb, "MB"));
  }
  const bool is_archive = is_archive_type(type);
  if (is_archive) {
    const auto archive = ZipReader::open(bytes);
    if (!archive) return refuse(kInvalidCode, "zip: not a valid zip file");
    if (archive->names().empty()) return refuse(kInvalidCode, "zip: the file has no entries");
  } else {
    if (bytes.empty()) return refuse(kNoCode);
    // An archive may be sent as inline code too, as the documented examples do; the limit is for source text.
    if (!looks_like_zip(bytes) && bytes.size() > bytes_of_kb(limits.inline_kb)) {
      return refuse(over_limit(kInlineTooLarge, limits.inline_kb, SizeLimits().inline_kb, "KB"));
    }
  }
  ReceivedCode code;
  code.facts.type = std::move(type);
  code.facts.filename = std::move(filename);
  code.facts.digest = sha512_hex(bytes);
  code.facts.size = static_cast<std::int64_t>(bytes.size());
  code.bytes = std::move(bytes);
  return code;
}

}  // namespace fgsync::emulator
