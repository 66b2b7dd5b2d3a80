# fgsync_unite(<target> [<file that is compiled on its own>...])
function(fgsync_unite target)
  if(NOT FGSYNC_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  foreach(file ${ARGN})
    if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
      message(FATAL_ERROR "APART names ${file}, which is not in ${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    set_source_files_properties("${CMAKE_CURRENT_SOURCE_DIR}/${file}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
endfunction()

# fgsync_library(<folder> [INCLUDES <folder>...] [PRIVATE <target>...] [HEAVY <file>...] [APART <file>...])
#
# Makes the library fgsync_<folder> of the .cpp files in the current folder. INCLUDES are the folders of src/ whose
# headers it may include: what docs/architecture.md allows, and what tests/layers checks. PRIVATE are third-party
# targets, seen by this folder's .cpp files only. HEAVY files compile one at a time (Beast: 850 MB each). APART are those
# that use, for themselves, a name that another file of the folder uses, too: they cannot be compiled together with it.
function(fgsync_library folder)
  cmake_parse_arguments(ARG "" "" "INCLUDES;PRIVATE;HEAVY;APART" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  foreach(file ${ARG_HEAVY})
    list(REMOVE_ITEM sources "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  endforeach()
  set(name "fgsync_${folder}")
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  list(TRANSFORM ARG_INCLUDES PREPEND "fgsync_" OUTPUT_VARIABLE includes)
  target_link_libraries(${name}
    PUBLIC ${includes} Boost::headers tl::expected Threads::Threads
    PRIVATE fgsync_flags ${ARG_PRIVATE})
  fgsync_unite(${name} ${ARG_APART})
  # Asio compiled apart must be announced to every user of its headers.
  target_compile_definitions(${name} PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
  if(ARG_HEAVY)
    add_library(${name}_heavy OBJECT ${ARG_HEAVY})
    set_target_properties(${name}_heavy PROPERTIES JOB_POOL_COMPILE heavy)
    target_include_directories(${name}_heavy PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name}_heavy
      PRIVATE fgsync_flags ${includes} Boost::headers tl::expected ${ARG_PRIVATE})
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:${name}_heavy>)
  endif()
endfunction()
