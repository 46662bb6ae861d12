namespace FastPoetry.Web.XmlRpc;

/// <summary>What a caller is told in place of a result.</summary>
internal sealed class XmlRpcFaultException(int code, string message) : Exception(message)
{
    public const int NoSuchPoem = 1;
    public const int NotText = 2;

    // The codes of the Specification for Fault Code Interoperability.
    public const int NotWellFormed = -32700;
    public const int NotACall = -32600;
    public const int NoSuchMethod = -32601;
    public const int WrongParameters = -32602;

    public int Code => code;
}
