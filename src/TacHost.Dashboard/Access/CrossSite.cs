using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TacHost.Dashboard.Access;

/// <summary>Recognizes cross-site requests, which a page of another site makes a browser send.</summary>
internal sealed class CrossSite
{
    /// <summary>The name of the field of each form that has the secret.</summary>
    public const string FieldName = "form";

    private readonly byte[] _secret = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(64));

    /// <summary>Gets the value of the field.</summary>
    public string Field => Encoding.ASCII.GetString(_secret);

    /// <summary>Returns whether the headers of a browser name this page as the origin of a request.</summary>
    public static bool IsSameOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site])
            return site == "same-origin";

        // A client that is not a browser sends neither header.
        return request.Headers.Origin is not [{ } origin] || origin == $"{request.Scheme}://{request.Host}";
    }

    /// <summary>Returns whether a form has the secret of this page.</summary>
    public bool IsOwn(IFormCollection form) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(form[FieldName].ToString()), _secret);
}
