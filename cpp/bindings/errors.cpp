#include <pybind11/pybind11.h>

#include <new>
#include <stdexcept>

#include "registrations.hpp"

namespace mmfusion::python {

namespace py = pybind11;

void register_errors(py::module_& module) {
    PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> storage;
    storage.call_once_and_store_result(
        [&] { return py::exception<std::exception>(module, "ComputeError"); });
    // pybind11 turns most C++ exceptions into RuntimeError, which napari's generator worker
    // swallows; so no RuntimeError may leave this module.
    py::register_local_exception_translator([](std::exception_ptr pointer) {
        try {
            if (pointer) {
                std::rethrow_exception(pointer);
            }
        } catch (const py::error_already_set&) {
            throw;
        } catch (const py::builtin_exception&) {
            throw;
        } catch (const std::invalid_argument& error) {
            py::set_error(PyExc_ValueError, error.what());
        } catch (const std::bad_alloc&) {
            py::set_error(PyExc_MemoryError, "not enough memory for images of this size");
        } catch (const std::exception& error) {
            py::set_error(storage.get_stored(), error.what());
        }
    });
}

}  // namespace mmfusion::python
