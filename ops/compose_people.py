"""Those who use what docker-compose.yml starts: a reviewer, and an engineer who looks at Flower."""

from __future__ import annotations

from typing import Any

import httpx
from compose_project import Failed


class Reviewer:
    """A person at the review site, by its API."""

    def __init__(self, port: int) -> None:
        self._web = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60)
        self._token = ""
        self._port = port

    def sign_in(self, password: str) -> None:
        self._token = self._web.get("/csrf").raise_for_status().json()["csrf_token"]
        self._token = self.post("/login", {"name": "reviewer", "password": password})["csrf_token"]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._web.post(path, json=body, headers={"X-CSRF-Token": self._token})
        if answer.is_error:
            raise Failed(f"POST {path}: {answer.status_code} {answer.text[:500]}")
        return dict(answer.json())

    def photos(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            query = {"cursor": cursor} if cursor else {}
            page = self._web.get("/photos", params=query).raise_for_status().json()
            found += page["photos"]
            cursor = page["next_cursor"]
        return found

    def last_event(self) -> int:
        """Tell what the list of photos says of the newest event: many are approved only as they were shown."""
        return int(self._web.get("/photos", params={"limit": 1}).raise_for_status().json()["last_event"])

    def page(self, path: str) -> str:
        """Give a page as the browser gets it."""
        return self._web.get(f"http://127.0.0.1:{self._port}{path}").raise_for_status().text

    def at(self, step: str) -> list[int]:
        return [photo["id"] for photo in self.photos() if photo["step"] == step and photo["status"] != "failed"]


class Engineer:
    """A person at Flower."""

    def __init__(self, port: int, password: str) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._web = httpx.Client(base_url=self._url, auth=("flower", password), timeout=30)

    def is_locked_out_without_password(self) -> bool:
        return all(httpx.get(self._url + path).status_code == httpx.codes.UNAUTHORIZED for path in ("/", "/api/tasks"))

    def can_stop_workers(self) -> bool:
        """May whoever knows the password end a worker's process?"""
        return self._web.post(f"/api/worker/shutdown/{self.workers()[0]}").is_success

    def workers(self) -> list[str]:
        """Name the workers that are online."""
        rows = self._web.get("/workers", params={"json": 1}).raise_for_status().json()["data"]
        return [row["hostname"] for row in rows if row["status"]]

    def stages(self) -> set[str]:
        return {worker.partition("@")[0] for worker in self.workers()}

    def tasks(self) -> dict[str, Any]:
        return dict(self._web.get("/api/tasks", params={"limit": 100_000}).raise_for_status().json())
