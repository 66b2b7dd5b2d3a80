#include "reconcile/code.hpp"

#include <utility>

#include "source/root.hpp"

namespace fgsync::reconcile {
namespace {

using manifest::Code;

Result<package::FileList> scan_kind(const Code& code, const std::string& root) {
  switch (code.kind) {
    case Code::Kind::directory: return package::scan_within(root, code.path, code.ignore);
    case Code::Kind::file: return package::scan_file(code.path, root);
    case Code::Kind::archive:
    case Code::Kind::jar: return package::scan_archive(code.path, root);  // a jar is a zip
    case Code::Kind::obs:
    case Code::Kind::image: break;
  }
  return fail(ErrorKind::internal, "code that is no files cannot be read");
}

}  // namespace

bool is_files(const Code& code) {
  return code.kind != Code::Kind::obs && code.kind != Code::Kind::image;
}

ContentDigest digest_elsewhere(const Code& code) {
  return ContentDigest{sha256_hex(code.kind == Code::Kind::obs ? "obs\n" + code.digest : "image\n" + code.image)};
}

Result<package::FileList> scan_code(const Code& code, const std::string& root) {
  const auto at = [&code](Error error) {
    if (!error.position) error.position = code.position;
    return fail(std::move(error));
  };
  // A manifest must not be able to upload what lies outside of its source. A directory is judged when it is opened.
  if (code.kind != Code::Kind::directory && !code.path.empty() && !source::is_inside(root, code.path)) {
    return at(Error(ErrorKind::invalid, "the code " + code.path + " lies outside of the root " + root +
                                            "; move it inside, or name a wider root with --root"));
  }
  auto list = scan_kind(code, root);
  if (!list) return at(std::move(list).error());
  return list;
}

}  // namespace fgsync::reconcile
