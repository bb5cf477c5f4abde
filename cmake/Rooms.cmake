# hs_room(target SOURCES a.cc … DEPS other…): one room of the house as a static library.
#
# Includes are root-relative ("core/base/time.h"). A room may link only rooms below it; tests/tidy checks
# the same rule on the includes.

add_library(hs_flags INTERFACE)
target_include_directories(hs_flags INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<INSTALL_INTERFACE:include/hearsay>)
target_compile_features(hs_flags INTERFACE cxx_std_20)
target_compile_options(hs_flags INTERFACE
  # Warnings are our own affair, not that of programs built against an installed hearsay.
  "$<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wno-sign-conversion;-Werror>"
  # The same bits on every machine: no fused multiply-add, no reassociation.
  -ffp-contract=off)
if(HS_SANITIZE)
  target_compile_options(hs_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1
    # g++ 12 sees uninitialised members in moved variants once it has added its checks.
    -Wno-maybe-uninitialized)
  target_link_options(hs_flags INTERFACE -fsanitize=address,undefined)
endif()
if(HS_FUZZ)
  target_compile_options(hs_flags INTERFACE -fsanitize=fuzzer-no-link,address)
  target_link_options(hs_flags INTERFACE -fsanitize=address)
endif()

function(hs_room target)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${target} STATIC ${ARG_SOURCES})
  target_link_libraries(${target} PUBLIC hs_flags ${ARG_DEPS})
endfunction()

# hs_test(name SOURCES a.cc … DEPS …): a GoogleTest program whose cases ctest knows by name.
function(hs_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  foreach(dep IN LISTS ARG_DEPS)
    if(dep MATCHES "^hs_" AND NOT TARGET ${dep})
      message(STATUS "${name}: skipped, ${dep} is not built (HS_ROOMS)")
      return()
    endif()
  endforeach()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE hs_flags ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    HS_SOURCE_DIR="${CMAKE_SOURCE_DIR}" HS_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST)
endfunction()
