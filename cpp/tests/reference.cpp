#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace reference {

double Image::at(std::int64_t row, std::int64_t column) const {
    if (row < 0 || column < 0 || row >= shape.rows || column >= shape.columns) {
        return 0.0;
    }
    return data[static_cast<std::size_t>(row * shape.columns + column)];
}

double& Image::operator()(std::int64_t row, std::int64_t column) {
    return data[static_cast<std::size_t>(row * shape.columns + column)];
}

Dual gradient(const Image& u) {
    Dual result(u.shape);
    for (std::int64_t i = 0; i < u.shape.rows; ++i) {
        for (std::int64_t j = 0; j < u.shape.columns; ++j) {
            result.y(i, j) = i + 1 < u.shape.rows ? u.at(i, j) - u.at(i + 1, j) : 0.0;
            result.x(i, j) = j + 1 < u.shape.columns ? u.at(i, j) - u.at(i, j + 1) : 0.0;
        }
    }
    return result;
}

Image adjoint(const Dual& p) {
    Image result(p.y.shape);
    for (std::int64_t i = 0; i < result.shape.rows; ++i) {
        for (std::int64_t j = 0; j < result.shape.columns; ++j) {
            result(i, j) = p.y.at(i, j) - p.y.at(i - 1, j) + p.x.at(i, j) - p.x.at(i, j - 1);
        }
    }
    return result;
}

double tv_norm(const Image& u, TvKind kind) {
    const Dual g = gradient(u);
    double sum = 0.0;
    for (std::size_t k = 0; k < g.y.data.size(); ++k) {
        sum += kind == TvKind::isotropic ? std::hypot(g.y.data[k], g.x.data[k])
                                         : std::abs(g.y.data[k]) + std::abs(g.x.data[k]);
    }
    return sum;
}

Dual turn(const std::vector<float>& guide, Dual p) {
    if (guide.empty()) {
        return p;
    }
    const Shape shape = p.y.shape;
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        for (std::int64_t j = 0; j < shape.columns; ++j) {
            const std::int64_t at = i * shape.columns + j;
            const auto component = [&](std::int64_t k) {
                return static_cast<double>(guide[static_cast<std::size_t>(k)]);
            };
            const double y = i + 1 < shape.rows ? component(at) : 0.0;
            const double x = j + 1 < shape.columns ? component(shape.pixels() + at) : 0.0;
            const double along = y * p.y.at(i, j) + x * p.x.at(i, j);
            p.y(i, j) -= y * along;
            p.x(i, j) -= x * along;
        }
    }
    return p;
}

namespace {

Image primal(const Image& b, double weight, const Dual& p, bool nonnegative,
             const std::vector<float>& guide) {
    Image u = adjoint(turn(guide, p));
    for (std::size_t k = 0; k < u.data.size(); ++k) {
        u.data[k] = b.data[k] - weight * u.data[k];
        if (nonnegative) {
            u.data[k] = std::max(0.0, u.data[k]);
        }
    }
    return u;
}

void project(double& y, double& x, TvKind kind) {
    if (kind == TvKind::isotropic) {
        const double length = std::max(1.0, std::hypot(y, x));
        y /= length;
        x /= length;
    } else {
        y = std::clamp(y, -1.0, 1.0);
        x = std::clamp(x, -1.0, 1.0);
    }
}

}  // namespace

Image tv_prox(const Image& b, double weight, int n_iter, TvKind kind, bool nonnegative,
              const std::vector<float>& guide) {
    Dual p(b.shape);
    if (weight == 0.0 || n_iter == 0) {
        return primal(b, 0.0, p, nonnegative, guide);
    }
    Dual r(b.shape);
    double t = 1.0;
    for (int step = 0; step < n_iter; ++step) {
        Dual next = turn(guide, gradient(primal(b, weight, r, nonnegative, guide)));
        const double t_next = (1.0 + std::sqrt(1.0 + 4.0 * t * t)) / 2.0;
        const double momentum = (t - 1.0) / t_next;
        for (std::size_t k = 0; k < b.data.size(); ++k) {
            next.y.data[k] = r.y.data[k] + next.y.data[k] / (8.0 * weight);
            next.x.data[k] = r.x.data[k] + next.x.data[k] / (8.0 * weight);
            project(next.y.data[k], next.x.data[k], kind);
            r.y.data[k] = next.y.data[k] + momentum * (next.y.data[k] - p.y.data[k]);
            r.x.data[k] = next.x.data[k] + momentum * (next.x.data[k] - p.x.data[k]);
        }
        p = next;
        t = t_next;
    }
    return primal(b, weight, p, nonnegative, guide);
}

std::vector<float> random_guide(Shape shape, std::uint64_t seed) {
    std::vector<float> guide = random_pixels(2 * shape.pixels(), seed);
    for (float& component : guide) {
        component = 1.4F * (component - 0.5F);
    }
    return guide;
}

std::vector<float> random_pixels(std::int64_t count, std::uint64_t seed) {
    std::mt19937_64 engine(seed);  // the standard fixes its sequence, but not distributions
    std::vector<float> pixels(static_cast<std::size_t>(count));
    for (float& pixel : pixels) {
        pixel = static_cast<float>(engine() >> 40) / static_cast<float>(1 << 24);
    }
    return pixels;
}

Image as_image(const std::vector<float>& pixels, Shape shape) {
    Image image(shape);
    std::copy(pixels.begin(), pixels.end(), image.data.begin());
    return image;
}

double relative_distance(const std::vector<float>& a, const std::vector<double>& b) {
    double difference = 0.0;
    double norm = 0.0;
    for (std::size_t k = 0; k < b.size(); ++k) {
        difference += (static_cast<double>(a[k]) - b[k]) * (static_cast<double>(a[k]) - b[k]);
        norm += b[k] * b[k];
    }
    return std::sqrt(difference / std::max(norm, 1e-300));
}

}  // namespace reference
