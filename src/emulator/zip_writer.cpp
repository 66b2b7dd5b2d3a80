#include "emulator/zip_writer.hpp"

#include <zip.h>

#include <memory>
#include <stdexcept>

namespace fgsync::emulator {
namespace {

constexpr zip_uint16_t kFirstDosDate = (1U << 5U) | 1U;  // 1980-01-01
constexpr zip_uint32_t kFileMode = 0100640;              // a regular file, as in the export in the documents

struct SourceRelease {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, SourceRelease>;

struct ArchiveDiscard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, ArchiveDiscard>;

void require(bool is_fine, const char* what) {
  if (!is_fine) throw std::runtime_error(std::string("libzip: ") + what);
}

void add_file(zip_t* archive, const ZipContent& file) {
  Source source(zip_source_buffer(archive, file.bytes.data(), file.bytes.size(), 0));
  require(source != nullptr, "no source");
  const auto index = zip_file_add(archive, file.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  require(index >= 0, "the file cannot be added");
  static_cast<void>(source.release());  // the archive owns it now
  const auto entry = static_cast<zip_uint64_t>(index);
  require(zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0) == 0, "no storing");
  require(zip_file_set_dostime(archive, entry, 0, kFirstDosDate, 0) == 0, "no time");
  require(zip_file_set_external_attributes(archive, entry, 0, ZIP_OPSYS_UNIX, kFileMode << 16U) == 0, "no mode");
}

std::string read_all(zip_source_t* source) {
  zip_stat_t stat;
  require(zip_source_stat(source, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) != 0, "no size");
  std::string bytes(stat.size, '\0');
  require(zip_source_open(source) == 0, "the archive cannot be read");
  const auto got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  require(got == static_cast<zip_int64_t>(bytes.size()), "the archive is cut");
  return bytes;
}

}  // namespace

std::string write_zip(const std::vector<ZipContent>& files) {
  zip_error_t error;
  zip_error_init(&error);
  const Source buffer(zip_source_buffer_create(nullptr, 0, 0, &error));
  require(buffer != nullptr, "no buffer");
  zip_source_keep(buffer.get());  // closing the archive gives up one reference
  Archive archive(zip_open_from_source(buffer.get(), ZIP_TRUNCATE, &error));
  zip_error_fini(&error);
  if (archive == nullptr) zip_source_free(buffer.get());
  require(archive != nullptr, "no archive");
  for (const auto& file : files) add_file(archive.get(), file);
  require(zip_close(archive.get()) == 0, "the archive cannot be written");
  static_cast<void>(archive.release());
  return read_all(buffer.get());
}

}  // namespace fgsync::emulator
