#include "emulator/token_table.hpp"

#include "base/digest.hpp"

namespace fgsync::emulator {

std::optional<IssuedToken> TokenTable::find(const std::string& token) {
  const auto hash = sha256_hex(token);
  auto query = database_.query("SELECT project, domain, user, expires FROM tokens WHERE hash = ?");
  if (!query.bind(hash).step()) return std::nullopt;
  return IssuedToken{query.text(0), query.text(1), query.text(2), query.number(3)};
}

void TokenTable::add(const std::string& token, const IssuedToken& issued) {
  const auto hash = sha256_hex(token);
  database_
      .query(
          "INSERT INTO tokens (hash, project, domain, user, expires) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (hash) DO UPDATE SET project = excluded.project, domain = excluded.domain,"
          " user = excluded.user, expires = excluded.expires")
      .bind(hash)
      .bind(issued.project)
      .bind(issued.domain)
      .bind(issued.user)
      .bind(issued.expires)
      .run();
}

std::int64_t TokenTable::expire_all(std::int64_t time) {
  auto count = database_.query("SELECT count(*) FROM tokens WHERE expires > ?");
  count.bind(time).step();
  database_.query("UPDATE tokens SET expires = ?1 WHERE expires > ?1").bind(time).run();
  return count.number(0);
}

void TokenTable::remove_expired_before(std::int64_t time) {
  database_.query("DELETE FROM tokens WHERE expires < ?").bind(time).run();
}

}  // namespace fgsync::emulator
