"""What remote targets do when servers, lines and disks go wrong; every server here is a real one on loopback."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import paramiko
import pytest

from lightgate.adapters.website.targets import ftp, sftp
from lightgate.adapters.website.targets.paths import aside, draft_name
from lightgate.adapters.website.targets.remote import FIRST_PAUSE_S, RESTED_S, RemoteTarget, Verify
from lightgate.errors import LightgateError, NotWritten, StorageFull, TargetClosed, TargetRefused, TargetUnreachable
from lightgate.ports.website import Permit, RemoteFile
from support.file_servers import PASSWORD, USER, FtpSite, SftpSite, certificate_in, ftp_site, sftp_site
from support.permits import FREE
from support.stores import Clock

pytestmark = pytest.mark.integration

PATH = "2026/harbour/Harbour_001.JPG"
OLD, NEW = b"old" * 1000, b"new" * 40_000


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FtpSite]:
    with ftp_site(tmp_path) as made:
        yield made


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[SftpSite]:
    with sftp_site(tmp_path) as made:
        yield made


def account(site: FtpSite, **told: object) -> ftp.FtpAccount:
    common = {"port": site.port, "timeout_s": 3, "has_tls": site.certificate is not None, "ca_file": site.certificate}
    return ftp.FtpAccount("site", "localhost", USER, PASSWORD, **{**common, **told})


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def over_ftp(site: FtpSite, pauses: list[float]) -> Iterator[Callable[..., RemoteTarget]]:
    made: list[RemoteTarget] = []

    def make(verify: Verify = "auto", **told: object) -> RemoteTarget:
        made.append(RemoteTarget("site", ftp.connector(account(site, **told)), verify=verify, pause=pauses.append))
        return made[-1]

    yield make
    for each in made:
        each.close()


def ssh_account(site: SftpSite, **told: object) -> sftp.SftpAccount:
    common = {"known_hosts": site.known_hosts, "port": site.port, "password": PASSWORD, "timeout_s": 5}
    return sftp.SftpAccount("site", "127.0.0.1", USER, **{**common, **told})


@pytest.fixture
def over_ssh(ssh: SftpSite, pauses: list[float]) -> Iterator[Callable[..., RemoteTarget]]:
    made: list[RemoteTarget] = []

    def make(**told: object) -> RemoteTarget:
        connect = sftp.connector(ssh_account(ssh, **told))
        made.append(RemoteTarget("site", connect, str(ssh.root), pause=pauses.append))
        return made[-1]

    yield make
    for each in made:
        each.close()


def files(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


@pytest.mark.parametrize("command", ["PASV", "STOR", "SIZE", "RNFR", "RNTO", "MKD", "DELE", "TYPE", "PASS", "USER"])
def test_a_line_cut_at_any_command_is_opened_again_and_the_file_is_whole(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], command: str
) -> None:
    site.go_wrong(reset=command)
    target = over_ftp()
    target.put(PATH, NEW, FREE)
    target.put(PATH, OLD, FREE)
    assert files(site.root) == {PATH: OLD}
    assert site.commands.count("CONNECT") == 2


@pytest.mark.parametrize("command", ["EPSV", "PASV", "STOR", "SIZE", "RNFR", "RNTO", "DELE"])
def test_a_line_that_is_cut_again_and_again_leaves_the_live_file_alone(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], pauses: list[float], command: str
) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    site.go_wrong(reset=command, times=99)
    if command == "EPSV":
        assert target.look(PATH) == RemoteFile(len(OLD))
        return
    with pytest.raises(TargetUnreachable):
        target.put(PATH, NEW, FREE)
    assert files(site.root)[PATH] == OLD
    assert pauses == [0.5, 1.0]
    site.go_right()
    target.put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: NEW}


def test_one_connection_serves_all_photos(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    target = over_ftp()
    for number in range(20):
        target.put(f"2026/harbour/Harbour_{number:03}.JPG", NEW, FREE)
    assert site.commands.count("CONNECT") == 1
    assert site.commands.count("MKD") == 2


def test_a_server_that_hung_up_in_the_meantime_costs_no_try(
    site: FtpSite, pauses: list[float], over_ftp: Callable[..., RemoteTarget]
) -> None:
    clock = Clock()
    target = RemoteTarget("site", ftp.connector(account(site)), pause=pauses.append, clock=lambda: clock().timestamp())
    target.put(PATH, OLD, FREE)
    site.go_wrong(reset="NOOP")
    clock.forward(RESTED_S + 1)
    target.put(PATH, NEW, FREE)
    assert pauses == []
    assert site.commands.count("CONNECT") == 2
    target.close()


def test_a_disk_that_fills_up_half_way_leaves_nothing_behind(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    site.go_wrong(full_after=50_000)
    with pytest.raises(TargetUnreachable):
        target.put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: OLD}


@pytest.mark.parametrize(
    "reply", ["452 Insufficient storage space.", "552 Disk quota exceeded", "451 STOR: No space left on device"]
)
def test_a_server_s_word_for_no_room_is_understood(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], reply: str
) -> None:
    target = over_ftp()
    site.go_wrong(deny="STOR", reply=reply)
    with pytest.raises(StorageFull, match="site"):
        target.put(PATH, NEW, FREE)


@pytest.mark.parametrize("reply", ["451 Failure writing to local file.", "451 Transfer aborted. Input/output error"])
@pytest.mark.parametrize("cut", [40_000, 110_000])
def test_a_server_that_cannot_write_is_heard_although_it_cuts_the_line(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], pauses: list[float], reply: str, cut: int
) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    site.go_wrong(cut=cut, reply=reply)
    with pytest.raises(NotWritten, match=reply[4:20]) as caught:
        target.put(PATH, NEW, FREE)
    assert not caught.value.is_charged
    assert "disk" in caught.value.message
    assert "disk" in (target.why_not_ready() or "")
    assert (files(site.root), pauses) == ({PATH: OLD}, [])


@pytest.mark.parametrize(
    ("verb", "reply"), [("STOR", "450 File is busy."), ("RNTO", "450 File is busy."), ("RNTO", "451 Try again.")]
)
def test_what_a_server_refuses_for_the_moment_is_tried_again_over_the_same_line(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], pauses: list[float], verb: str, reply: str
) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    site.go_wrong(deny=verb, reply=reply, times=1)
    target.put(PATH, NEW, FREE)
    assert (files(site.root), pauses) == ({PATH: NEW}, [FIRST_PAUSE_S])

    site.go_wrong(deny=verb, reply=reply, times=99)
    with pytest.raises(TargetRefused, match=reply[4:-1]):
        target.put(PATH, OLD, FREE)
    assert files(site.root) == {PATH: NEW}


def test_replies_in_an_old_alphabet_are_no_hindrance(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    site.go_wrong(alphabet="latin-1", deny="RNTO", reply="550 Accès refusé")
    target = over_ftp()
    with pytest.raises(TargetRefused, match="refus"):
        target.put(PATH, NEW, FREE)


@pytest.mark.parametrize("reply", ["500 PASV not understood.", "502 Command not implemented."])
def test_a_server_that_knows_only_the_extended_way_is_asked_that_way(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], reply: str
) -> None:
    site.go_wrong(deny="PASV", reply=reply, times=99)
    over_ftp().put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: NEW}


def test_a_server_that_opens_data_lines_itself_is_let_do_so(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(lacks=["PASV", "EPSV"])
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    target.put(PATH, NEW, FREE)
    assert target.read(PATH) == NEW
    assert site.commands.count("PASV") == 1


def test_a_server_that_allows_no_hidden_names_gets_other_temporary_ones(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(no_dots=True)
    target = over_ftp()
    folder = (site.root / PATH).parent
    folder.mkdir(parents=True)
    left_over = folder / draft_name("Harbour_001.JPG", FREE.writer, is_hidden=False)
    left_over.write_bytes(OLD)
    target.put(PATH, OLD, FREE)
    target.put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: NEW}
    left_over.write_bytes(OLD)
    target = over_ftp()
    target.forget(PATH, FREE.writer)
    target.remove(PATH, FREE)
    assert files(site.root) == {}


def test_a_server_that_is_full_of_guests_is_asked_again_soon(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(deny="PASS", reply="530 Sorry, the maximum number of clients (3) are already connected.", times=1)
    target = over_ftp()
    assert "maximum number" in (target.why_not_ready() or "")
    assert target.why_not_ready() is None


def test_what_a_killed_renaming_left_aside_is_cleared_away(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(no_overwrite=True)
    folder = (site.root / PATH).parent
    folder.mkdir(parents=True)
    draft = draft_name("Harbour_001.JPG", "7-1")
    (folder / draft).write_bytes(NEW)
    (folder / aside(draft)).write_bytes(OLD)
    target = over_ftp()
    target.forget(PATH, "7-1")
    target.put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: NEW}


def test_nothing_steps_aside_for_a_temporary_file_that_was_taken_away(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(no_overwrite=True)
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    draft = (site.root / PATH).with_name(draft_name("Harbour_001.JPG", "7-1"))
    site.forget()
    with pytest.raises(TargetRefused):
        target.put(PATH, NEW, Permit("7-1", lambda: draft.unlink(missing_ok=True)))
    assert site.commands.count("RNTO") == 0
    assert files(site.root) == {PATH: OLD}


@pytest.mark.parametrize("command", ["STOR", "RNTO", "RNFR"])
def test_a_server_that_forbids_a_file_is_asked_once_and_quoted(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], pauses: list[float], command: str
) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    site.go_wrong(deny=command, times=99)
    with pytest.raises(TargetRefused, match="Permission denied") as caught:
        target.put(PATH, NEW, FREE)
    assert caught.value.is_charged
    assert files(site.root) == {PATH: OLD}
    assert pauses == []


def test_a_server_that_lies_about_the_size_never_gets_the_file_live(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    site.go_wrong(lie=-7)
    with pytest.raises(TargetUnreachable, match=r"119,993 bytes after 120,000 were sent"):
        target.put(PATH, NEW, FREE)
    assert files(site.root)[PATH] == OLD


def test_a_silent_server_is_given_up_within_its_time(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    target = over_ftp(timeout_s=0.3)
    site.go_wrong(silent="STOR")
    with pytest.raises(TargetUnreachable, match="does not answer in time"):
        target.put(PATH, NEW, FREE)


def test_a_server_s_own_hash_is_compared(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    site.go_wrong(hash=True)
    target = over_ftp()
    target.put(PATH, NEW, FREE)
    assert target.look(PATH) == RemoteFile(len(NEW), sha256(NEW).hexdigest())
    assert "RETR" not in site.commands
    site.go_wrong(hash="0" * 64)
    with pytest.raises(TargetUnreachable, match="damaged"):
        target.put(PATH, OLD, FREE)
    assert files(site.root)[PATH] == NEW


def test_reading_back_can_be_asked_for(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    over_ftp(verify="download").put(PATH, NEW, FREE)
    assert site.commands.count("RETR") == 1


def test_a_server_without_size_is_checked_by_reading_back(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    site.go_wrong(no_size=True)
    target = over_ftp()
    assert target.look(PATH) is None
    target.put(PATH, NEW, FREE)
    assert target.look(PATH) == RemoteFile(len(NEW))
    target.remove(PATH, FREE)
    assert files(site.root) == {}


def test_a_server_that_renames_onto_no_file_still_gets_the_new_one(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(no_overwrite=True)
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    target.put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: NEW}


def test_a_folder_that_somebody_removed_is_made_again(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    target = over_ftp()
    target.put(PATH, OLD, FREE)
    (site.root / PATH).unlink()
    (site.root / PATH).parent.rmdir()
    with pytest.raises(TargetRefused):
        target.put(PATH, NEW, FREE)
    target.put(PATH, NEW, FREE)
    assert files(site.root) == {PATH: NEW}


def test_a_wrong_password_is_tried_once_and_then_rested(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget], pauses: list[float]
) -> None:
    clock = Clock()
    wrong = ftp.FtpAccount("site", "localhost", USER, "wr0ng-secret", port=site.port)
    target = RemoteTarget("site", ftp.connector(wrong), pause=pauses.append, clock=lambda: clock().timestamp())
    reason = target.why_not_ready()
    assert reason is not None
    assert "may not sign in" in reason
    assert "wr0ng" not in reason + repr(target) + repr(wrong)
    assert target.why_not_ready() == reason
    assert site.commands.count("PASS") == 1
    assert pauses == []


def test_a_server_that_is_away_is_not_asked_at_every_claim(free_port: int) -> None:
    clock = Clock()
    tried: list[int] = []
    nowhere = ftp.FtpAccount("site", "127.0.0.1", USER, PASSWORD, port=free_port)

    def connect() -> ftp.FtpConnection:
        tried.append(1)
        return ftp.FtpConnection(nowhere)

    target = RemoteTarget("site", connect, clock=lambda: clock().timestamp())
    for _ in range(10):
        assert "refused" in (target.why_not_ready() or "")
    assert len(tried) == 3
    clock.forward(60)
    assert target.why_not_ready()
    assert len(tried) == 4


def test_a_slow_upload_keeps_to_its_rate(site: FtpSite) -> None:
    waited: list[float] = []
    target = RemoteTarget("site", ftp.connector(account(site)), rate_kb_s=100, pause=waited.append, clock=lambda: 0.0)
    target.put(PATH, bytes(300_000), FREE)
    assert waited[-1] == pytest.approx(262_144 / 100_000)
    target.close()


class TestTls:
    def test_data_connections_resume_the_session_of_the_control_connection(self, tmp_path: Path) -> None:
        with ftp_site(tmp_path, certificate_in(tmp_path)) as site:
            server = ftp.FtpConnection(account(site))
            # a TLS 1.3 server sends its tickets with its first answers
            data, _ = server._ftp.ntransfercmd("LIST")
            assert data.session_reused
            data.close()
            server.close()
            assert site.commands.index("PBSZ") < site.commands.index("PROT")

    @pytest.mark.parametrize(
        ("host", "days", "reason"), [("localhost", -1, "expired"), ("elsewhere.example", 1, "localhost")]
    )
    def test_a_certificate_that_expired_or_is_another_s_is_refused_before_the_password(
        self, tmp_path: Path, host: str, days: int, reason: str
    ) -> None:
        with ftp_site(tmp_path, certificate_in(tmp_path, host=host, days=days)) as site:
            target = RemoteTarget("site", ftp.connector(account(site)))
            assert reason in (target.why_not_ready() or "")
            assert "PASS" not in site.commands

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, tmp_path: Path) -> None:
        with ftp_site(tmp_path, certificate_in(tmp_path)) as site:
            with pytest.raises(TargetClosed, match="certificate"):
                ftp.FtpConnection(account(site, ca_file=None))
            assert "PASS" not in site.commands

    def test_a_server_without_tls_is_not_spoken_to_in_the_clear(self, site: FtpSite) -> None:
        with pytest.raises(LightgateError):
            ftp.FtpConnection(account(site, has_tls=True))
        assert "PASS" not in site.commands


class TestSftp:
    def test_a_host_that_is_not_known_is_refused(self, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget]) -> None:
        ssh.known_hosts.unlink()
        assert "ssh-keyscan" in (over_ssh().why_not_ready() or "")
        assert ssh.sessions == 0

    def test_a_host_with_another_key_is_refused(self, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget]) -> None:
        ssh.trust(paramiko.ECDSAKey.generate())
        assert "is not the one in" in (over_ssh().why_not_ready() or "")
        assert ssh.sessions == 0

    def test_a_wrong_password_is_a_closed_door(self, over_ssh: Callable[..., RemoteTarget]) -> None:
        with pytest.raises(TargetClosed, match="may not sign in") as caught:
            over_ssh(password="wr0ng").put(PATH, NEW, FREE)
        assert "wr0ng" not in caught.value.message

    def test_a_key_opens_the_door(self, tmp_path: Path, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget]) -> None:
        ssh.user_key.write_private_key_file(str(tmp_path / "id"), password="phrase")
        over_ssh(password=None, key_file=tmp_path / "id", key_passphrase="phrase").put(PATH, NEW, FREE)
        assert files(ssh.root) == {PATH: NEW}

    def test_a_dropped_connection_is_opened_again(
        self, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget], pauses: list[float]
    ) -> None:
        target = over_ssh()
        target.put(PATH, OLD, FREE)
        target.put("2026/Other.JPG", OLD, FREE)
        assert ssh.sessions == 1
        ssh.cut()
        target.put(PATH, NEW, FREE)
        assert files(ssh.root)[PATH] == NEW
        assert ssh.sessions == 2

    def test_a_server_that_cannot_write_leaves_the_live_file_alone(
        self, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget]
    ) -> None:
        target = over_ssh()
        target.put(PATH, OLD, FREE)
        target.close()
        # no file may grow beyond 10 KB: the nearest thing to a full disk
        ssh.command = ["sh", "-c", f"ulimit -f 20; trap '' XFSZ; exec {ssh.command[0]}"]
        with pytest.raises(StorageFull):
            target.put(PATH, NEW, FREE)
        assert files(ssh.root) == {PATH: OLD}

    def test_a_read_only_server_is_quoted(self, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget]) -> None:
        ssh.command = [ssh.command[0], "-R"]
        with pytest.raises(TargetRefused, match="Permission denied"):
            over_ssh().put("Photo.JPG", NEW, FREE)
        assert files(ssh.root) == {}

    def test_a_server_without_posix_rename_still_replaces(
        self, ssh: SftpSite, over_ssh: Callable[..., RemoteTarget]
    ) -> None:
        ssh.command = [ssh.command[0], "-P", "posix-rename"]
        target = over_ssh()
        target.put(PATH, OLD, FREE)
        target.put(PATH, NEW, FREE)
        assert files(ssh.root) == {PATH: NEW}


def test_files_can_be_read_where_the_servers_umask_would_close_them(
    site: FtpSite, over_ftp: Callable[..., RemoteTarget]
) -> None:
    site.go_wrong(umask=0o077)
    target = over_ftp()
    target.put("2024/streets/a.jpg", b"picture", FREE)
    assert target.remark() is None
    assert stat.S_IMODE((site.root / "2024/streets/a.jpg").stat().st_mode) == 0o644
    assert stat.S_IMODE((site.root / "2024/streets").stat().st_mode) == 0o755


def test_a_server_that_sets_no_permissions_is_asked_once(site: FtpSite, over_ftp: Callable[..., RemoteTarget]) -> None:
    site.go_wrong(lacks=["SITE CHMOD"])
    target = over_ftp()
    target.put("2024/a.jpg", b"picture", FREE)
    target.put("2024/b.jpg", b"picture", FREE)
    assert (site.root / "2024/b.jpg").read_bytes() == b"picture"
    assert site.log.read_text("utf-8").count("SITE CHMOD") == 1
    assert "permissions" in (target.remark() or "")
