using System.Text;

namespace TacHost;

/// <summary>Computes fingerprints of sources.</summary>
internal static class PreparedFingerprint
{
    /// <summary>Returns the fingerprint of prepared code, without its notices, and of values.</summary>
    public static string Of(PreparedApplication prepared, params IReadOnlyList<string> values)
    {
        Fingerprint print = new();
        print.Append(PreparedApplication.ToBytes([prepared switch
        {
            PreparedApplication.Tac tac => tac with { Code = tac.Code with { PackageFiles = [] }, Notices = [], Details = [], Files = [] },
            PreparedApplication.Plugin plugin => plugin with { Notices = [] },
            _ => prepared,
        }]));
        foreach (var value in values)
            print.Append(Encoding.UTF8.GetBytes($"{value}\0"));
        return print.ToString();
    }
}
