namespace TacHost.Dns.Messages;

/// <summary>The response codes (RFC 1035, section 4.1.1, and RFC 6891).</summary>
internal enum ResponseCode
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NXDomain = 3,
    NotImp = 4,
    Refused = 5,
    YXDomain = 6,
    BadVers = 16,
}
