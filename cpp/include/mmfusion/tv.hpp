// Total variation: norm, proximal operator and the certificate of its accuracy.
#pragma once

#include "mmfusion/image.hpp"

namespace mmfusion {

enum class TvKind { isotropic, anisotropic };

// sum sqrt(dy^2 + dx^2), or sum |dy| + |dx|: forward differences, 0 at the far edge.
double tv_norm(const float* image, Shape shape, TvKind kind);

// The two components of the dual variable, each a full image; null pointers mean "none".
struct DualView {
    const float* y = nullptr;
    const float* x = nullptr;
};
struct MutableDualView {
    float* y = nullptr;
    float* x = nullptr;
};

struct TvProxOptions {
    float weight = 0.0F;  // lambda of argmin 1/2 ||u - b||^2 + lambda TV(u)
    int n_iter = 0;
    TvKind kind = TvKind::isotropic;
    bool nonnegative = true;
    int threads = 1;
    // Multiplied into the image on the way in and out of the computation; a power of two that
    // brings the image near 1 keeps its squares inside single precision.
    float unit = 1.0F;
};

// FGP of Beck & Teboulle (doi 10.1109/TIP.2009.2028250): n_iter dual steps with momentum, from a
// zero dual or from `warm`; writes the primal to `result` and, where asked, the dual to `dual`.
// `result` may not overlap `image`, nor `dual` `warm`.
void tv_prox(const float* image, Shape shape, const TvProxOptions& options, float* result,
             DualView warm = {}, MutableDualView dual = {});

// The duality gap of the primal that belongs to `dual`; 1/2 ||u - u*||^2 <= gap.
double tv_duality_gap(const float* image, Shape shape, const TvProxOptions& options, DualView dual);

}  // namespace mmfusion
