"""The sections of a profile under any regime: every field, and its format.

Does not belong here: what a regime adds (`reports/regimes/<name>/profile.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from glassbook.profile.entry import Attachment, Key, Money, Name, Rate, Record, Text, Versioned


class Registration(Versioned):
    """Business registration (工商登记)."""

    full_name: Name = Field(description="公司全称 registered name.")
    short_name: Name = Field(description="公司简称 name on the platform.")
    registered_capital: Money = Field(description="注册资本, in the currency of the platform.")
    paid_in_capital: Money = Field(description="实缴资本, in the currency of the platform.")
    registered_address: Text = Field(description="注册地址.")
    business_address: Text = Field(description="经营地址.")
    established_on: date = Field(description="成立时间.")
    operating_term: Name = Field(description="经营期限.")
    operating_status: Name = Field(description="经营状态.")
    business_scope: Text = Field(description="经营范围.")
    legal_representative: Name = Field(description="法定代表人: who answers for every filing.")


class Custodian(Versioned):
    """The bank that holds the funds (资金存管)."""

    bank_name: Name = Field(description="存管银行全称.")
    agreement_signed_on: date = Field(description="协议签署日期.")
    live_on: date = Field(description="存管系统上线日期.")


class Shareholder(Versioned):
    """A shareholder (股东)."""

    name: Name = Field(description="股东全称.")
    holder_kind: Literal["person", "company"] = Field(description="自然人 or 法人.")
    share_rate: Rate = Field(description="股权占比, 0 to 1, in quotes.")


class Officer(Versioned):
    """A director, supervisor or senior manager (董事、监事、高级管理人员)."""

    name: Name = Field(description="姓名.")
    role_kind: Literal["director", "supervisor", "executive"] = Field(description="董事, 监事 or 高级管理人员.")
    position: Name = Field(description="职务.")
    career: Text = Field(description="简历.")


class Organisation(Versioned):
    """Organisation and staff (组织架构及从业人员)."""

    departments: tuple[Name, ...] = Field(min_length=1, description="内设部门.")
    staff_count: int = Field(ge=1, description="从业人员数量.")
    websites: tuple[Name, ...] = Field(min_length=1, description="官方网站.")
    apps: tuple[Name, ...] = Field((), description="官方手机应用.")
    other_channels: tuple[Name, ...] = Field((), description="其他官方互联网渠道.")


class Branch(Versioned):
    """A branch (分支机构)."""

    name: Name = Field(description="分支机构全称.")
    address: Text = Field(description="地址.")
    established_on: date = Field(description="成立时间.")
    head: Name = Field(description="负责人.")
    complaint_phone: Name = Field(description="投诉电话.")
    staff_count: int = Field(ge=0, description="员工人数.")


class RiskFramework(Versioned):
    """Risk management (风险管理信息)."""

    structure: Text = Field(description="风险管理架构.")
    assessment: Text = Field(description="风险评估流程.")
    warning: Text = Field(description="风险预警管理.")
    collection: Text = Field(description="催收方式.")


class FeeItem(Versioned):
    """One fee of the schedule (收费标准)."""

    name: Name = Field(description="收费项目.")
    fee_kind: Key = Field(description="Kind of fee as the platform's records call it (fee_kind of the contract).")
    payer: Literal["borrower", "lender"] = Field(description="付费方.")
    basis: Text = Field(description="计费方式.")
    standard: Text = Field(description="收费标准.")


class ComplaintChannel(Versioned):
    """Where to ask, complain or report (咨询、投诉、举报渠道)."""

    channel_kind: Literal["phone", "email", "address", "online"] = Field(description="电话, 电子邮箱, 通讯地址 or 网上.")
    contact: Text = Field(description="联系方式.")
    hours: Name = Field(description="服务时间.")


class Arbitration(Versioned):
    """How disputes are settled (争议解决)."""

    body: Name = Field(description="仲裁机构.")
    clause: Text = Field(description="条款.")


class Report(Record):
    """A report of a year by an outside firm, or the notice that there is none (审核信息)."""

    year: int = Field(ge=2007, le=2100, description="报告年度.")
    issuer: Name = Field(description="出具机构.")
    conclusion: Text = Field(description="审核结论.")
    issued_on: date = Field(description="出具日期.")
    disclosed_on: date | None = Field(None, description="Day on which it was made public; left out when it was not yet.")
    attachment: Attachment = Field(description="The report itself.")

    @model_validator(mode="after")
    def _after_its_year(self) -> Self:
        if self.issued_on.year <= self.year:
            raise ValueError(f"issued_on {self.issued_on} lies before the end of the year {self.year} that the report is on")
        return self
