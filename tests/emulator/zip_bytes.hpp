#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::emulator::test {

/// An entry of a zip made by hand, stored without compression. The optional fields lie about it.
struct ZipEntry {
  std::string name;
  std::string bytes;
  std::optional<std::uint32_t> claimed_size = std::nullopt;
  std::optional<std::uint32_t> claimed_crc = std::nullopt;
};

inline std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xedb88320U : crc >> 1U;
  }
  return ~crc;
}

inline void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xffU);
  out += static_cast<char>((value >> 8U) & 0xffU);
}

inline void put32(std::string& out, std::size_t value) {
  put16(out, value & 0xffffU);
  put16(out, value >> 16U);
}

/// Fields that the local and the central header share, from "version needed" to the lengths.
inline void put_common(std::string& out, const ZipEntry& entry) {
  put16(out, 10);  // version needed
  put16(out, 0);   // flags
  put16(out, 0);   // stored
  put16(out, 0);   // time
  put16(out, 33);  // 1980-01-01
  put32(out, entry.claimed_crc.value_or(crc32_of(entry.bytes)));
  put32(out, entry.bytes.size());
  put32(out, entry.claimed_size.value_or(static_cast<std::uint32_t>(entry.bytes.size())));
  put16(out, entry.name.size());
  put16(out, 0);  // extra
}

inline std::string zip_bytes(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string central;
  for (const auto& entry : entries) {
    const auto offset = out.size();
    put32(out, 0x04034b50);
    put_common(out, entry);
    out += entry.name + entry.bytes;
    put32(central, 0x02014b50);
    put16(central, 10);  // made by
    put_common(central, entry);
    put16(central, 0);  // comment
    put16(central, 0);  // disk
    put16(central, 0);  // internal attributes
    put32(central, 0);  // external attributes
    put32(central, offset);
    central += entry.name;
  }
  const auto central_offset = out.size();
  out += central;
  put32(out, 0x06054b50);
  put16(out, 0);
  put16(out, 0);
  put16(out, entries.size());
  put16(out, entries.size());
  put32(out, central.size());
  put32(out, central_offset);
  put16(out, 0);
  return out;
}

}  // namespace fgsync::emulator::test
