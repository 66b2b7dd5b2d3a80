#include "package/ready_archive.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "package/limits.hpp"
#include "package/text.hpp"

namespace fgsync::package {
namespace {

using ZipHandle = std::unique_ptr<zip_t, decltype(&zip_discard)>;

std::string words_for(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string words = zip_error_strerror(&error);
  zip_error_fini(&error);
  return words;
}

/// An absolute path, or one that goes up.
bool leads_out(std::string_view name) {
  if (name.starts_with('/')) return true;
  while (true) {
    const std::size_t slash = name.find('/');
    if (name.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    name.remove_prefix(slash + 1);
  }
}

Error refused(const std::string& shown, const std::string& why) {
  return {ErrorKind::invalid, "archive " + shown + " " + why};
}

/// What the entries add up to.
struct Totals {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

Result<void> count_entry(zip_t* zip, zip_uint64_t index, const std::string& shown, Totals& totals) {
  zip_stat_t status;
  if (zip_stat_index(zip, index, 0, &status) != 0) {
    return fail(
        refused(shown, "is damaged: " + words_for(zip_error_code_zip(zip_get_error(zip))) + "; build it again"));
  }
  const std::string_view name = (status.valid & ZIP_STAT_NAME) != 0 ? status.name : "";
  if (leads_out(name)) {
    return fail(refused(shown, "has an entry " + quoted_path(name) +
                                   ", which leads out of where it is unpacked: build it again without"));
  }
  if ((status.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && status.encryption_method != ZIP_EM_NONE) {
    return fail(refused(shown, "has an encrypted entry " + quoted_path(name) + ": build it again without a password"));
  }
  if (!name.ends_with('/')) ++totals.files;
  // A damaged size may be anything: no overflow.
  totals.bytes += std::min<std::uint64_t>(status.size, kMaxUnpackedBytes + 1);
  if (totals.bytes > kMaxUnpackedBytes) {
    return fail(refused(shown, "has more than " + std::string(kUnpackedLimit) + ": leave out what is not needed"));
  }
  return {};
}

Result<ZipHandle> open_zip(const Descriptor& file, const std::string& shown) {
  const int own = ::fcntl(file.number(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return fail(refused(shown, "cannot be read: " + reason(errno)));
  int code = 0;
  ZipHandle zip(zip_fdopen(own, 0, &code), &zip_discard);  // takes the descriptor over when it succeeds
  if (zip) return zip;
  ::close(own);
  return fail(refused(shown, "cannot be opened as a zip: " + words_for(code) + "; build it again"));
}

}  // namespace

Result<void> check_ready_archive(const Descriptor& file, const std::string& shown) {
  auto zip = open_zip(file, shown);
  if (!zip) return fail(std::move(zip).error());
  const zip_int64_t count = zip_get_num_entries(zip->get(), 0);
  if (count > static_cast<zip_int64_t>(kMaxFiles)) {
    return fail(refused(shown, "has more than " + std::string(kFilesLimit) + ": leave out what is not needed"));
  }
  Totals totals;
  for (zip_int64_t i = 0; i < count; ++i) {
    auto counted = count_entry(zip->get(), static_cast<zip_uint64_t>(i), shown, totals);
    if (!counted) return counted;
  }
  if (totals.files == 0) return fail(refused(shown, "has no files: build it again"));
  return {};
}

}  // namespace fgsync::package
