"""Every setting, read from the environment (CLEANWATCH_...). Documented in docs/settings.md."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.proxy import Network, networks
from bus.client import Broker
from cleanwatch.anchor_mail import Post
from facility.roles import Role
from storage.samples.influx.address import Influx


class Settings(BaseSettings):
    """What differs from one installation to the next."""

    model_config = SettingsConfigDict(env_prefix="CLEANWATCH_", frozen=True, extra="ignore")

    data: Path = Field(Path("data"), description="Folder of the local store and the records.")
    site_file: Path | None = Field(
        None,
        description="The site file. The first one is put in force at start; a changed one becomes a draft that waits "
        "for review and approval. Without one the station goes on with the revision on record.",
    )
    station: str | None = Field(
        None, description="Which station of the site this is; may be left out where the site has only one."
    )
    records_url: str | None = Field(
        None,
        description="Where the records are: postgresql://role@host/database, or a file; none: in the data folder.",
    )
    records_password_file: Path | None = Field(
        None, description="File that holds the password of the records' role in PostgreSQL."
    )
    broker_host: str = Field("127.0.0.1", description="Host of the MQTT broker.")
    broker_port: int = Field(1883, ge=1, le=65535, description="Port of the MQTT broker.")
    broker_username: str | None = Field(None, description="User name at the broker, if it asks for one.")
    broker_password_file: Path | None = Field(None, description="File that holds the password at the broker.")
    influx_url: str | None = Field(
        None, pattern="^https?://", description="Address of InfluxDB (1.8, 2.x or 3.x); without one there is none."
    )
    influx_org: str = Field("cleanwatch", description="Organisation at InfluxDB 2.x; the others ignore it.")
    influx_bucket: str = Field("cleanwatch", description="Bucket of the readings; at 1.8 a database.")
    influx_token_file: Path | None = Field(None, description="File that holds the token for InfluxDB.")
    influx_ca_file: Path | None = Field(None, description="Certificates to trust for InfluxDB.")
    local_days: int = Field(
        30, ge=1, description="Days that the local store keeps where InfluxDB has the readings too."
    )
    broker_ca_file: Path | None = Field(
        None, description="Certificates of the authorities that the broker's must be signed by; switches TLS on."
    )
    web_host: str = Field("127.0.0.1", description="Address that the dashboard listens on.")
    web_port: int = Field(8050, ge=1, le=65535, description="Port of the dashboard.")
    public_url: str = Field(
        "",
        pattern="^(https?://[^/?#]+)?$",
        description="Address at which people reach the dashboard, for links in messages: https://cleanwatch.example; "
        "empty: messages have none.",
    )
    channels_key_file: Path | None = Field(
        None,
        description="File that holds the key of the channels' addresses; none: channels.key in the data folder. "
        "Station and app need the same.",
    )
    daily_test_at: str = Field(
        "09:00",
        pattern="^(([01][0-9]|2[0-3]):[0-5][0-9])?$",
        description="When each channel is tried, every day, in the site's zone: HH:MM; empty: never.",
    )
    heartbeat_url_file: Path | None = Field(
        None,
        description="File that holds the address of an outside watcher, which is asked for every minute while all is "
        "well (healthchecks and alike); it tells somebody when that stops.",
    )
    viewers: int = Field(
        24, ge=1, le=500, description="How many browsers may watch live at once; sizes the server's threads."
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of the proxies in front, separated by commas; only they are believed when "
        "they say from which address and by TLS or not a request comes.",
    )
    idle_minutes: int = Field(
        30, ge=1, le=480, description="Minutes without anybody doing anything after which one is signed out."
    )
    session_hours: int = Field(12, ge=1, le=168, description="Hours after which everybody has to sign in again.")
    password_days: int = Field(
        0, ge=0, le=3650, description="Days after which a password has to be changed; 0: never without a cause."
    )
    breached_passwords_file: Path | None = Field(
        None, description="List of breached passwords that new ones are held against: SHA1:count, sorted by hash."
    )
    second_factor: str = Field("", description="Roles that must use an authenticator, separated by commas.")
    sign_in_note: str = Field("", max_length=500, description="What the sign-in page says beside: whom to ask.")
    oidc_issuer: str = Field(
        "",
        pattern=r"^(https://.*|http://(127\.0\.0\.1|localhost)[:/].*)?$",
        description="Provider of single sign-on (OpenID Connect) that people may sign in by; empty: none.",
    )
    oidc_client_id: str = Field("cleanwatch", description="As what that provider knows Cleanwatch.")
    oidc_secret_file: Path | None = Field(None, description="File that holds the secret shared with that provider.")
    oidc_name: str = Field("single sign-on", max_length=60, description="What people call that provider.")
    oidc_ca_file: Path | None = Field(None, description="Certificates to trust for that provider.")
    watcher_token_file: Path | None = Field(
        None, description="File that holds the token with which other machines may read /metrics and /readyz."
    )
    ntp_server: str = Field(
        "", description="Time server to compare this machine's clock with: host or host:port; empty: none."
    )
    mail_host: str = Field("", description="Mail server for the daily mail about the audit trail; empty: none.")
    mail_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    mail_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is made safe."
    )
    mail_ca_file: Path | None = Field(None, description="Certificates to trust for the mail server.")
    mail_from: str = Field("", validate_default=True, description="Sender of that mail.")
    mail_to: str = Field("", validate_default=True, description="Its recipients, with commas between.")
    mail_user: str | None = Field(None, description="User at the mail server, if it asks for one.")
    mail_password_file: Path | None = Field(None, description="File that holds the password at the mail server.")
    timestamp_url: str = Field(
        "",
        pattern="^(https?://.*)?$",
        description="Time-stamp authority (RFC 3161) for the audit trail; empty: none.",
    )
    timestamp_ca_file: Path | None = Field(None, description="Certificates that vouch for that authority.")
    trail_review_days: int = Field(
        31, ge=0, description="After how many days the audit trail is to be reviewed; 0: nobody is reminded."
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="How much is logged: DEBUG, INFO, WARNING or ERROR.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks(value)
        return value

    @field_validator("second_factor")
    @classmethod
    def _roles(cls, value: str) -> str:
        _roles_in(value)
        return value

    @field_validator("records_url")
    @classmethod
    def _without_password(cls, value: str | None) -> str | None:
        if value and re.search("://[^/@?]*:[^@?]*@|[?&](ssl)?password=", value):
            raise ValueError(
                "a password is no part of it: put that into a file, and name that as CLEANWATCH_RECORDS_PASSWORD_FILE"
            )
        return value

    @field_validator("mail_from", "mail_to")
    @classmethod
    def _named_where_mail_is_sent(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("mail_host") and "@" not in value:
            raise ValueError("CLEANWATCH_MAIL_HOST is set: name an address like qa@site.example")
        return value

    @field_validator("timestamp_url")
    @classmethod
    def _without_user(cls, value: str) -> str:
        if "@" in value:
            raise ValueError("it is an address and nothing more: no user and no password are part of it")
        return value

    @field_validator("influx_url")
    @classmethod
    def _nothing_but_an_address(cls, value: str | None) -> str | None:
        if value and re.search("[@?]", value):
            raise ValueError(
                "it is an address and nothing more: put the token (1.8: user:password) into a file, and name that as "
                "CLEANWATCH_INFLUX_TOKEN_FILE"
            )
        return value

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """The roles that must use an authenticator."""
        return _roles_in(self.second_factor)

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The proxies in front that are believed."""
        return networks(self.trusted_proxies)

    @property
    def post(self) -> Post | None:
        """Where the mail about the audit trail is handed in, if there is to be one."""
        if not self.mail_host:
            return None
        return Post(
            self.mail_host,
            self.mail_port,
            self.mail_from,
            tuple(address.strip() for address in self.mail_to.split(",") if address.strip()),
            self.mail_tls,
            self.mail_ca_file,
            self.mail_user,
            self.mail_password_file,
        )

    @property
    def samples_path(self) -> Path:
        """The local store's file."""
        return self.data / "samples.db"

    @property
    def channels_key(self) -> Path:
        """The file with the key of the channels' addresses."""
        return self.channels_key_file or self.data / "channels.key"

    @property
    def records_place(self) -> str | Path:
        """The records' URL, or their file."""
        return self.records_url or self.records_path

    @property
    def records_path(self) -> Path:
        """The records' file, where they are in none other and in no PostgreSQL."""
        return self.data / "records.db"

    @property
    def broker(self) -> Broker:
        """The broker's address and credentials."""
        return Broker(
            self.broker_host,
            self.broker_port,
            username=self.broker_username,
            password_file=self.broker_password_file,
            ca_file=self.broker_ca_file,
        )

    @property
    def influx(self) -> Influx | None:
        """Where InfluxDB is, if there is one."""
        if self.influx_url is None:
            return None
        return Influx(
            self.influx_url.rstrip("/"),
            self.influx_org,
            self.influx_bucket,
            self.influx_token_file,
            self.influx_ca_file,
        )


def _roles_in(text: str) -> frozenset[Role]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    known = {role.value: role for role in Role if role is not Role.WALL}
    if wrong := [name for name in names if name not in known]:
        raise ValueError(f"{wrong[0]!r} is no role; there are {', '.join(known)}")
    return frozenset(known[name] for name in names)
