// Several requests in one transaction of a real database.
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "emulated.hpp"
#include "temporary_folder.hpp"

namespace fgsync::emulator::test {
namespace {

/// A service on a file, whose batches are committed by the test.
class BatchedService {
 public:
  explicit BatchedService(std::string file) : file_(std::move(file)) {
    auto opened = open_service({}, file_);
    REQUIRE(opened);
    service_ = std::move(*opened);
  }

  int create_from(const Json& body) {
    http::Request request;
    request.method = http::Method::post;
    request.target = "/v2/p1/fgs/functions";
    request.body = body.dump();
    return service_->handle_in_batch(request, kNow).status;
  }
  int create(const std::string& name) { return create_from(create_body(name)); }
  [[nodiscard]] bool commit() { return service_->commit_batch().has_value(); }
  [[nodiscard]] bool is_open() const { return service_->has_open_batch(); }

  [[nodiscard]] bool sees(const std::string& name) {
    http::Request request;
    request.target = "/v2/p1/fgs/functions/" + Emulated::urn(name) + "/config";
    return service_->handle_in_batch(request, kNow).status == 200;
  }
  /// As another program reads it.
  [[nodiscard]] int count_on_disk() const {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file_.c_str(), &database) == SQLITE_OK);
    int count = -1;
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<int*>(out) = std::stoi(values[0]);
      return 0;
    };
    REQUIRE(sqlite3_exec(database, "SELECT count(*) FROM functions", take, &count, nullptr) == SQLITE_OK);
    sqlite3_close(database);
    return count;
  }

 private:
  std::string file_;
  std::unique_ptr<Service> service_;
};

/// As long as it lives, no file of this process grows beyond that size, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(std::size_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = size;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

std::size_t file_size(const std::string& file) {
  struct stat facts{};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  return static_cast<std::size_t>(facts.st_size);
}

}  // namespace

TEST_CASE("batch: what several requests write gets durable together") {
  const TemporaryFolder folder;
  BatchedService service(folder.file("state.db"));
  CHECK_FALSE(service.is_open());
  CHECK(service.create("a") == 200);
  CHECK(service.create("b") == 200);
  CHECK(service.is_open());
  CHECK(service.sees("a"));
  CHECK(service.count_on_disk() == 0);
  CHECK(service.commit());
  CHECK_FALSE(service.is_open());
  CHECK(service.count_on_disk() == 2);
}

TEST_CASE("batch: a refused request undoes its own writes only") {
  const TemporaryFolder folder;
  BatchedService service(folder.file("state.db"));
  CHECK(service.create("a") == 200);
  CHECK(service.create("a") == 409);
  CHECK(service.create_from(Json{{"func_name", "b"}}) == 400);
  CHECK(service.create("c") == 200);
  CHECK(service.commit());
  CHECK(service.count_on_disk() == 2);
}

TEST_CASE("batch: a read opens none") {
  const TemporaryFolder folder;
  BatchedService service(folder.file("state.db"));
  CHECK_FALSE(service.sees("a"));
  CHECK_FALSE(service.is_open());
}

TEST_CASE("batch: what is not committed is gone with the process") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  {
    BatchedService service(file);
    CHECK(service.create("a") == 200);
    CHECK(service.commit());
    CHECK(service.create("b") == 200);
  }
  BatchedService service(file);
  CHECK(service.sees("a"));
  CHECK_FALSE(service.sees("b"));
}

TEST_CASE("batch: when the disk is full nothing of a batch stays, and the next one is whole again") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  BatchedService service(file);
  CHECK(service.create("a") == 200);
  CHECK(service.commit());
  {
    const FullDisk full(file_size(file + "-wal"));
    CHECK(service.create("b") == 200);
    CHECK(service.create("c") == 200);
    CHECK_FALSE(service.commit());
    CHECK_FALSE(service.is_open());
    CHECK_FALSE(service.sees("b"));
  }
  CHECK(service.count_on_disk() == 1);
  CHECK(service.create("b") == 200);
  CHECK(service.commit());
  CHECK(service.count_on_disk() == 2);
}

TEST_CASE("batch: a request for which the disk is too full fails those of its batch with it, or none") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  BatchedService service(file);
  CHECK(service.create("a") == 200);
  CHECK(service.commit());
  bool is_kept = false;
  {
    // The first fits; the second does not even fit into what SQLite keeps in memory.
    const FullDisk full(file_size(file + "-wal") + (std::size_t{1} << 20U));
    CHECK(service.create("b") == 200);
    auto large = create_body("large");
    large["func_code"]["file"] = base64_encode(code_zip(std::string(std::size_t{16} << 20U, 'x')));
    CHECK(service.create_from(large) == 500);
    service.create("c");
    is_kept = service.commit();
  }
  CHECK(service.sees("b") == is_kept);
  CHECK(service.count_on_disk() == (is_kept ? 3 : 1));
}

TEST_CASE("batch: an answer that was not kept says so in the service's shape") {
  http::Response answer;
  answer.status = 200;
  answer.headers = {{"Content-Type", "application/json"}, {"X-Request-Id", "0123"}};
  answer.body = "{}";
  const auto refused = not_kept(answer);
  CHECK(refused.status == 500);
  CHECK(http::find_header(refused.headers, "X-Request-Id") == "0123");
  CHECK(Json::parse(refused.body)["error_code"] == "FSS.0500");
}

}  // namespace fgsync::emulator::test
