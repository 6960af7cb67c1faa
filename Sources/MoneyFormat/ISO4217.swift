/// The currencies of ISO 4217 that goods are paid in, without funds, metals, and codes for tests or for no currency.
///
/// From Debian's iso-codes 4.15.0 (May 2023), brought up to January 2026: SLL, HRK, CUC and ZWL have gone, XCG and ZWG have come.
/// ANG and BGN, which went in 2025 and 2026, are taken still, since what was bought in them can come back. How many decimals
/// each has is `MoneyFormat.exponent`.
public enum ISO4217 {
    public static let codes: Set<String> = Set(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
        BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
        GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW \
        KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
        NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
        SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED \
        VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """.split(separator: " ").map(String.init))

    /// What people write for a currency that has another code.
    public static func meant(by code: String) -> String? {
        switch code {
        case "RMB", "CNH": "CNY"
        case "UKP", "STG": "GBP"
        case "NTD": "TWD"
        case "YEN": "JPY"
        default: nil
        }
    }
}
