// The non-template parts of Asio's TLS and of Beast, compiled once (…_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
