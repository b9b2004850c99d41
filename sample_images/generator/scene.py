"""Mitsuba 3: the shell as a mesh, three lights, direct illumination; the one module that imports it.

All lights are computed from the same primary hits: a low-angle bar in the west, one in the north
(points on the bar, shadow ray), and an even dome that darkens towards its rim (directions, shadow ray).
Sample points follow an additive recurrence per pixel (see `R2`) from a random start, so that the noise
of the render stays below the sensor's. Every pixel is on its own: what is not near a defect, nor in its
shadow, comes out bit for bit the same with and without it.
"""

import ctypes.util
import os
import sys
from importlib import import_module
from math import cos, radians, sin
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas, Floats
from .sku import PX_PER_MM

SAMPLES = 16
GOLDEN = 0.6180339887498949
"""Turn between the points of the dome's spiral, which is even over the disc under the hemisphere (Vogel 1979)."""
ELEVATION_DEG = 19.0
BAR_DISTANCE_MM = 420.0
BAR_HALF_LENGTH_MM = 150.0
BAR_HALF_HEIGHT_MM = 10.0
CAMERA_MM = 200.0
R2 = [0.7548776662466927, 0.5698402909980532]
"""Steps of the two-dimensional R-sequence (Roberts 2018): the points of each light are even over it."""
RIM_SINE = 0.45
"""Sine of the elevation below which the dome darkens to nothing at its rim."""
SKIRT_MM = 25.0
LLVM_NAMES = ("LLVM", "LLVM-19", "LLVM-18", "LLVM-17")
"""As the linker knows them; 18.1 and later are libLLVM.so.N, older ones libLLVM-N.so."""


class RenderError(RuntimeError):
    """The renderer cannot start; says what to install."""


def start_mitsuba(threads: int) -> Any:
    """Imports Mitsuba with its vectorised variant, which needs LLVM 17 or newer.

    Raises:
        RenderError: Mitsuba or LLVM is missing.
    """
    _name_llvm()
    try:
        mi = import_module("mitsuba")
        mi.set_variant("llvm_ad_rgb")
        import_module("drjit").set_thread_count(threads)
    except (ImportError, RuntimeError) as e:
        raise RenderError(
            f"cannot start the renderer ({e}): install mitsuba>=3.9.1 and LLVM 17 or newer "
            "(Debian: libllvm19) or name it in DRJIT_LIBLLVM_PATH"
        ) from e
    return mi


def _name_llvm() -> None:
    """Points Dr.Jit at an LLVM new enough: older ones abort the process while compiling."""
    if os.environ.get("DRJIT_LIBLLVM_PATH") or sys.platform != "linux":
        return
    found = next((name for name in map(ctypes.util.find_library, LLVM_NAMES) if name), None)
    if found is None:
        raise RenderError("no LLVM 17 or newer found: install libllvm19 or name it in DRJIT_LIBLLVM_PATH")
    os.environ["DRJIT_LIBLLVM_PATH"] = found


class Stage:
    """A scene for shells of one frame size, kept between cases so that nothing is compiled twice."""

    def __init__(self, frame_px: tuple[int, int], texels_per_mm: float, eta: float, threads: int = 1) -> None:
        """Builds an empty scene.

        Args:
            frame_px: width and height of the frames.
            texels_per_mm: resolution of the canvases to come.
            eta: refractive index of the sheet.
            threads: of the renderer.
        """
        self._mi = start_mitsuba(threads)
        self._dr = import_module("drjit")
        self._frame_px = frame_px
        self._size_mm = (frame_px[0] / PX_PER_MM, frame_px[1] / PX_PER_MM)
        h, w = (round(n * texels_per_mm) for n in reversed(self._size_mm))
        self._grid = _mesh_grid(self._size_mm, texels_per_mm)
        self._scene = self._build(h, w, eta)
        self._params = self._mi.traverse(self._scene)

    def _build(self, h: int, w: int, eta: float) -> Any:
        mi = self._mi

        def bitmap(channels: int) -> Any:
            data = mi.TensorXf(np.full((h, w, channels), 0.5, np.float32))
            return mi.load_dict({"type": "bitmap", "data": data, "raw": True, "wrap_mode": "clamp"})

        channels = {"colour": 3, "metal": 3, "roughness": 1, "metallic": 1, "slopes": 3}
        self._textures = {name: bitmap(n) for name, n in channels.items()}
        self._texels = {name: mi.traverse(texture) for name, texture in self._textures.items()}
        textures = self._textures
        sheet = {
            "type": "principled",
            "base_color": textures["colour"],
            "roughness": textures["roughness"],
            "metallic": textures["metallic"],
            "eta": eta,
        }
        # The gloss alone: black where it is not metal, so that no colour is left to scatter.
        gloss = {**sheet, "base_color": textures["metal"], "diffuse_reflectance_sampling_rate": 0.0}
        self._gloss = mi.load_dict(gloss)
        props = mi.Properties()
        props["bsdf"] = mi.load_dict(sheet)
        rows, columns = self._grid[0].shape
        faces = 2 * (rows - 1) * (columns - 1)
        mesh = mi.Mesh("shell", rows * columns, faces, props, False, True)
        params = mi.traverse(mesh)
        params["faces"] = _faces(rows, columns).ravel()
        params["vertex_positions"] = np.zeros(3 * rows * columns, np.float32)
        uv = np.stack([self._grid[0] / self._size_mm[0], self._grid[1] / self._size_mm[1]], -1)
        params["vertex_texcoords"] = uv.astype(np.float32).ravel()
        params.update()
        return mi.load_dict({"type": "scene", "shell": mesh})

    def render(self, canvas: Canvas, pose: Floats, seed: int, samples: int = SAMPLES) -> dict[str, Floats]:
        """Renders one shell under all lights.

        Args:
            canvas: the shell.
            pose: (2, 3) map from mm on the nominal shell to mm in the frame.
            seed: of the sample points; the same for a shell with and without a defect.
            samples: per pixel and light.

        Returns:
            Radiance per light, (h, w, 3) linear RGB, 1 for a white sheet flat in the dome.
        """
        self._load(canvas, pose)
        w, h = self._frame_px
        rows = max(1, min(h, 4_000_000 // w))
        strips = [self._strip(y, min(rows, h - y), seed, samples) for y in range(0, h, rows)]
        return {light: np.concatenate([strip[light] for strip in strips]) for light in strips[0]}

    def _load(self, canvas: Canvas, pose: Floats) -> None:
        texels = {
            "colour": np.clip(canvas.albedo, 0, 1),
            "metal": np.clip(canvas.albedo, 0, 1) * canvas.metallic[..., None],
            "roughness": np.clip(canvas.roughness, 0.05, 1)[..., None],
            "metallic": canvas.metallic[..., None],
            "slopes": _slopes(canvas, pose),
        }
        for name, values in texels.items():
            self._texels[name]["data"] = self._mi.TensorXf(values)
            self._texels[name].update()
        self._params["shell.vertex_positions"] = _vertices(canvas, self._grid, pose).ravel()
        self._params.update()

    def _strip(self, top: int, rows: int, seed: int, samples: int) -> dict[str, Floats]:
        """Renders some rows; the loop over samples is plain Python, each turn one compiled kernel."""
        mi, dr = self._mi, self._dr
        w = self._frame_px[0]
        count = w * rows
        index = dr.arange(mi.UInt32, count)
        pixel_x, pixel_y = mi.Float(index % w), mi.Float(index // w + dr.opaque(mi.UInt32, top))
        random = mi.PCG32(size=count, initstate=seed % 2**32, initseq=index + dr.opaque(mi.UInt32, top * w))
        start = [random.next_float32() for _ in range(8)]
        dr.eval(pixel_x, pixel_y, start)
        total = [dr.zeros(mi.Color3f, count) for _ in range(3)]
        for k in range(samples):
            turn = dr.opaque(mi.Float, float(k))
            u = [_fraction(dr, s + turn * step) for s, step in zip(start, R2 * 4, strict=True)]
            rise = (turn + start[6]) / samples
            around = start[7] + turn * GOLDEN
            light = self._one(pixel_x + u[0], pixel_y + u[1], [*u[2:6], rise, around, *u[6:]])
            total = [a + b for a, b in zip(total, light, strict=True)]
            dr.eval(total)
        images = [np.asarray(t).T.reshape(rows, w, 3) / np.float32(samples) for t in total]
        return dict(zip(("west", "north", "diffuse"), images, strict=True))

    def _one(self, x_px: Any, y_px: Any, u: list[Any]) -> list[Any]:
        """One sample of every light at the given points of the frame."""
        mi, dr = self._mi, self._dr
        origin = mi.Point3f(x_px / PX_PER_MM, -y_px / PX_PER_MM, CAMERA_MM)
        down = mi.Vector3f(0, 0, -1)
        hit = self._scene.ray_intersect(mi.Ray3f(origin, down))
        # The fine relief is in the slopes, not in the mesh; the renderer's own normal map clamps steep ones.
        slope = self._textures["slopes"].eval(hit)
        hit.sh_frame = mi.Frame3f(dr.normalize(mi.Vector3f(-slope.x, -slope.y, 1)))
        hit.wi = hit.to_local(-down)
        material, context = hit.bsdf(), mi.BSDFContext()
        out = []
        for (centre, axis), a, b in zip(_bars(self._size_mm), u[0:3:2], u[1:4:2], strict=True):
            lift = mi.Vector3f(0, 0, BAR_HALF_HEIGHT_MM) * (2 * b - 1)
            to_light = mi.Point3f(*centre) + mi.Vector3f(*axis) * (2 * a - 1) + lift - hit.p
            distance = dr.norm(to_light)
            falloff = dr.square(dr.norm(mi.Vector3f(*_from_centre(centre, self._size_mm))) / distance)
            seen = hit.is_valid() & ~self._scene.ray_test(hit.spawn_ray_to(hit.p + to_light))
            value = material.eval(context, hit, hit.to_local(to_light / distance), seen)
            out.append(mi.Color3f(dr.select(seen, value * falloff * np.pi, 0)))
        out.append(self._dome(hit, u[4:]))
        return out

    def _dome(self, hit: Any, u: list[Any]) -> Any:
        """An even sky of radiance 1: colour and gloss apart, each by the directions that suit it.

        Sampled apart, the only noise is that of what the shell itself hides of the sky.
        """
        mi, dr = self._mi, self._dr
        radius, angle = dr.sqrt(u[0]), 2 * dr.pi * u[1]
        up = hit.to_world(mi.Vector3f(radius * dr.cos(angle), radius * dr.sin(angle), dr.sqrt(1 - u[0])))
        metallic = self._textures["metallic"].eval_1(hit)
        colour = self._textures["colour"].eval(hit) * (1 - metallic) * self._sky(hit, up)
        sample, weight = self._gloss.sample(mi.BSDFContext(), hit, 0.5, mi.Point2f(u[2], u[3]), hit.is_valid())
        gloss = weight * self._sky(hit, hit.to_world(sample.wo))
        gloss = dr.select(dr.isfinite(gloss), gloss, 0)
        return mi.Color3f(dr.select(hit.is_valid(), colour + gloss, 0))

    def _sky(self, hit: Any, direction: Any) -> Any:
        """Radiance seen along a direction: 1, darker towards the dome's rim, 0 where the shell is in the way."""
        dr = self._dr
        hidden = self._scene.ray_test(hit.spawn_ray(direction))
        return dr.select(hidden, 0, dr.clip(direction.z / RIM_SINE, 0, 1))


def _fraction(dr: Any, x: Any) -> Any:
    return x - dr.floor(x)


def _bars(size_mm: tuple[float, float]) -> list[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Centre and half axis of the west and the north bar, in the world (x right, y up, z to the camera).

    A larger frame pushes the bars out and lengthens them by as much.
    """
    w, h = size_mm
    spare = max(w - 150.0, 0.0) / 2
    reach = BAR_DISTANCE_MM + spare
    across, up = reach * cos(radians(ELEVATION_DEG)), reach * sin(radians(ELEVATION_DEG))
    half = BAR_HALF_LENGTH_MM + spare
    return [
        ((w / 2 - across, -h / 2, up), (0.0, half, 0.0)),
        ((w / 2, -h / 2 + across, up), (half, 0.0, 0.0)),
    ]


def _from_centre(point: tuple[float, float, float], size_mm: tuple[float, float]) -> tuple[float, float, float]:
    return (point[0] - size_mm[0] / 2, point[1] + size_mm[1] / 2, point[2])


def _mesh_grid(size_mm: tuple[float, float], texels_per_mm: float) -> tuple[Floats, Floats]:
    """Nominal x and y of the vertices, mm: every third texel, the last ones on the frame's border."""
    w, h = (int(np.ceil(n * texels_per_mm / 3)) + 1 for n in size_mm)
    x, y = np.meshgrid(np.linspace(0, size_mm[0], w), np.linspace(0, size_mm[1], h))
    return x.astype(np.float32), y.astype(np.float32)


def _faces(rows: int, columns: int) -> NDArray[np.uint32]:
    i = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b, c, d = (part.ravel() for part in (i[:-1, :-1], i[:-1, 1:], i[1:, :-1], i[1:, 1:]))
    return np.concatenate([np.stack([a, c, b], -1), np.stack([b, c, d], -1)])


def _vertices(canvas: Canvas, grid: tuple[Floats, Floats], pose: Floats) -> Floats:
    """World positions of the vertices; the border is drawn out so that the table fills any frame."""
    x, y = grid
    t = np.float32(canvas.texels_per_mm)
    z = cv2.remap(canvas.macro_mm, x * t - 0.5, y * t - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x, y = x.copy(), y.copy()
    x[:, 0] -= SKIRT_MM
    x[:, -1] += SKIRT_MM
    y[0] -= SKIRT_MM
    y[-1] += SKIRT_MM
    px = pose[0, 0] * x + pose[0, 1] * y + pose[0, 2]
    py = pose[1, 0] * x + pose[1, 1] * y + pose[1, 2]
    return np.stack([px, -py, z], -1).astype(np.float32)


def _slopes(canvas: Canvas, pose: Floats) -> Floats:
    """Slopes of mesh and relief together along the world's x and y; (h, w, 3), the last channel unused."""
    gy, gx = np.gradient(canvas.macro_mm + canvas.relief_mm, np.float32(1 / canvas.texels_per_mm))
    x = pose[0, 0] * gx + pose[0, 1] * gy
    y = pose[1, 0] * gx + pose[1, 1] * gy
    return np.stack([x, -y, np.zeros_like(x)], -1)
