namespace TacHost.Services.Networking;

/// <summary>How a <see cref="LengthPrefixedProtocol"/> writes the length in front of each string: big-endian, in so many bytes.</summary>
public enum LengthPrefix
{
    /// <summary>In one byte: up to 255. The original's <c>Int8StringReceiver</c>.</summary>
    OneByte = 1,

    /// <summary>In two bytes: up to 65,535. The original's <c>Int16StringReceiver</c>.</summary>
    TwoBytes = 2,

    /// <summary>In four bytes. The original's <c>Int32StringReceiver</c>.</summary>
    FourBytes = 4,
}
