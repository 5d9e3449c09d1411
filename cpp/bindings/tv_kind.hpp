// The kind of total variation, which Python gives as a bool.
#pragma once

#include "mmfusion/tv.hpp"

namespace mmfusion::python {

inline TvKind tv_kind(bool isotropic) {
    return isotropic ? TvKind::isotropic : TvKind::anisotropic;
}

}  // namespace mmfusion::python
