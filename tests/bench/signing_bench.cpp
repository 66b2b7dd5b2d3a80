#include <algorithm>
#include <stdexcept>

#include "functiongraph/request_signer.hpp"
#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

using functiongraph::AccessKey;

constexpr int kRequests = 100'000;
constexpr int kRuns = 5;

/// What reading one version's configuration looks like.
http::Request small_request() {
  http::Request request;
  request.target =
      "/v2/7aad83af3e8d42e99ac194e8419e2c9b/fgs/functions/"
      "urn:fss:cn-north-4:7aad83af3e8d42e99ac194e8419e2c9b:function:default:thumbnail:v1.4.0/config";
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

/// Requests a second of CPU time: the best of several runs, each second of `now` another date.
double signatures_per_second(const http::Request& request, const AccessKey& key) {
  double best = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto before = cpu_time();
    for (int i = 0; i < kRequests; ++i) {
      http::Request signed_request = request;
      const std::chrono::system_clock::time_point now(std::chrono::seconds(1'767'225'600 + i));
      functiongraph::add_signature(signed_request, "functiongraph.cn-north-4.myhuaweicloud.com", key, now);
      if (signed_request.headers.size() == request.headers.size()) throw std::runtime_error("nothing was signed");
    }
    best = std::max(best, kRequests / (cpu_time() - before).count());
  }
  return best;
}

}  // namespace

void bench_signing(const std::vector<std::string>& /*arguments*/) {
  const AccessKey key{"AKIDEXAMPLE0123456789", Secret("SKexampleSKexampleSKexampleSKexample1234"), {}};
  report("sign", {{"per_s", signatures_per_second(small_request(), key)}});
  http::Request with_body = small_request();
  with_body.method = http::Method::put;
  with_body.body = source_text(1024, 1);
  report("sign_1_kib", {{"per_s", signatures_per_second(with_body, key)}});
}

}  // namespace fgsync::bench
