#include <pybind11/pybind11.h>

#include "registrations.hpp"

PYBIND11_MODULE(_native, module) {
    using namespace mmfusion::python;
    register_errors(module);
    register_build_info(module);
    register_tv(module);
    register_stop_flag(module);
    register_problem(module);
    register_solvers(module);
}
