# hs_test_node_support: a virtual clock, a network in memory, crypto and a sink for tests of engines.
# Included by whichever folder of tests comes first.
include_guard(GLOBAL)
if(TARGET hs_ports)
  add_library(hs_test_node_support STATIC
    ${CMAKE_CURRENT_LIST_DIR}/fake_clock.cc
    ${CMAKE_CURRENT_LIST_DIR}/fake_transport.cc)
  target_link_libraries(hs_test_node_support PUBLIC hs_ports)
endif()
