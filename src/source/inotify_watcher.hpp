#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "source/inotify.hpp"
#include "source/watcher.hpp"

namespace fgsync::source {

/// make_inotify_watcher() with an inotify of the caller's.
std::unique_ptr<Watcher> make_watcher_on(std::unique_ptr<Inotify> inotify, const boost::asio::any_io_executor& executor,
                                         Clock& clock, WatcherSettings settings);

}  // namespace fgsync::source
