namespace TacHost.Services.Networking;

/// <summary>The size of the big-endian length prefix of a <see cref="LengthPrefixedProtocol"/>.</summary>
public enum LengthPrefix
{
    /// <summary>One byte: up to 255. Twisted's <c>Int8StringReceiver</c>.</summary>
    OneByte = 1,

    /// <summary>Two bytes: up to 65,535. Twisted's <c>Int16StringReceiver</c>.</summary>
    TwoBytes = 2,

    /// <summary>Four bytes. Twisted's <c>Int32StringReceiver</c>.</summary>
    FourBytes = 4,
}
