# Compiler, linker and warnings: the same for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# What takes time is in libraries; -O3 makes the program a third larger and no faster.
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

option(FGSYNC_WERROR "Treat warnings as errors (scripts/check does)" OFF)
set(FGSYNC_SANITIZE "" CACHE STRING "Value of -fsanitize=, e.g. address,undefined or thread")

# Half of the time it takes to compile a file goes into headers. With FGSYNC_UNITY a dozen files share them: fast for a
# whole build, slow after one file has changed, and blind for a forgotten #include, which scripts/check clang finds.
option(FGSYNC_UNITY "Compile the files of a folder together" OFF)

# The Beast translation units take 850 MB each: one at a time.
set_property(GLOBAL PROPERTY JOB_POOLS heavy=1)

find_program(FGSYNC_CCACHE ccache)
if(FGSYNC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${FGSYNC_CCACHE}")
endif()
find_program(FGSYNC_MOLD mold)
if(FGSYNC_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# For systems other than Debian 12: libraries of which Debian has an archive become part of the programs, the others go
# along with them (FgsyncPackaging).
option(FGSYNC_PORTABLE "Link statically what can be" OFF)
if(FGSYNC_PORTABLE)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(Boost_USE_STATIC_LIBS ON)
  set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib/fgsync")
  # The old kind of path, which counts for libraries of libraries, too.
  add_link_options(-Wl,--disable-new-dtags)
endif()

add_library(fgsync_flags INTERFACE)
target_compile_options(fgsync_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(FGSYNC_WERROR)
  target_compile_options(fgsync_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library and Asio when it optimises; clang's leg checks the same code.
  target_compile_options(fgsync_flags INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete
    -Wno-dangling-pointer -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict)
endif()
if(FGSYNC_UNITY)
  # What is a file's own is that of its companions then, and each of them looks like a header.
  target_compile_options(fgsync_flags INTERFACE -Wno-shadow -Wno-subobject-linkage)
endif()
target_compile_definitions(fgsync_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  FGSYNC_VERSION="${PROJECT_VERSION}")
if(FGSYNC_SANITIZE)
  target_compile_options(fgsync_flags INTERFACE -fsanitize=${FGSYNC_SANITIZE} -fno-omit-frame-pointer)
  if(FGSYNC_SANITIZE MATCHES "address")
    # AddressSanitizer finds most of what these would, and they take a third of the time to compile.
    target_compile_options(fgsync_flags INTERFACE -fno-sanitize=null,alignment,object-size,vptr)
  endif()
  target_link_options(fgsync_flags INTERFACE -fsanitize=${FGSYNC_SANITIZE})
  if(FGSYNC_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # TSan does not know fences: g++ says so for every one in Asio, which can do without.
    target_compile_options(fgsync_flags INTERFACE -Wno-tsan)
    target_compile_definitions(fgsync_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
