#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fgsync::test {

/// A zip of these (name, bytes), uncompressed: written here from the format's description, so that what reads or
/// writes zips can be tested against something else than itself.
inline std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& files) {
  auto crc32 = [](std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ (0xedb88320U & (0U - (crc & 1U)));
    }
    return ~crc;
  };
  std::string zip;
  std::string directory;
  auto put = [](std::string& out, std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>((i < 8 ? value >> (8 * i) : 0) & 0xffU);
  };
  for (const auto& [name, bytes] : files) {
    // Version needed, flags, method, time, 1980-01-01, checksum, both sizes, length of the name, no extra field.
    std::string common;
    for (const auto& [value, size] : {std::pair<std::size_t, int>{10, 2}, {0, 2}, {0, 2}, {0, 2}, {0x21, 2}}) {
      put(common, value, size);
    }
    put(common, crc32(bytes), 4);
    put(common, bytes.size(), 4);
    put(common, bytes.size(), 4);
    put(common, name.size(), 2);
    put(common, 0, 2);
    const std::size_t offset = zip.size();
    zip += "PK\x03\x04" + common + name + bytes;
    directory += "PK\x01\x02";
    put(directory, 10, 2);
    directory += common;
    put(directory, 0, 10);  // comment, disk, attributes
    put(directory, offset, 4);
    directory += name;
  }
  const std::size_t start = zip.size();
  zip += directory + "PK\x05\x06";
  put(zip, 0, 4);
  put(zip, files.size(), 2);
  put(zip, files.size(), 2);
  put(zip, directory.size(), 4);
  put(zip, start, 4);
  put(zip, 0, 2);
  return zip;
}

}  // namespace fgsync::test
