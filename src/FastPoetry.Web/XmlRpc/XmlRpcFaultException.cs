namespace FastPoetry.Web.XmlRpc;

/// <summary>A fault response: the code and the message that the caller receives instead of a result.</summary>
internal sealed class XmlRpcFaultException(int code, string message) : Exception(message)
{
    public const int NoSuchPoem = 1;
    public const int NotText = 2;

    // Codes of the Specification for Fault Code Interoperability.
    public const int NotWellFormed = -32700;
    public const int NotACall = -32600;
    public const int NoSuchMethod = -32601;
    public const int InvalidParameters = -32602;

    public int Code => code;
}
