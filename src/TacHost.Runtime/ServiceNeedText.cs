using TacHost.Services;

namespace TacHost;

/// <summary>The verb of a sentence about a service and a need of it.</summary>
internal static class ServiceNeedText
{
    public static string Of(ServiceNeedKind kind) => kind switch
    {
        ServiceNeedKind.Listen => "listens on",
        ServiceNeedKind.File => "reads",
        ServiceNeedKind.Certificate => "presents the certificate",
        ServiceNeedKind.User => "starts programs as the user",
        ServiceNeedKind.Group => "starts programs with the group",
        ServiceNeedKind.Program => "starts",
        ServiceNeedKind.Connect => "connects to",
        _ => "uses",
    };
}
